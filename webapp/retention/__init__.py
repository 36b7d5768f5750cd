"""When personal data goes: what is past its time at night, one record on request, and the certificate of either."""
