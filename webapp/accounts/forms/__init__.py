"""Forms of accounts."""

from webapp.accounts.forms.persons import AddForm, FilterForm, PersonForm
from webapp.accounts.forms.signing import CodeForm, EnrolForm, GiveUpForm, PasswordForm, SignInForm

__all__ = [
    "AddForm",
    "CodeForm",
    "EnrolForm",
    "FilterForm",
    "GiveUpForm",
    "PasswordForm",
    "PersonForm",
    "SignInForm",
]
