"""Reads the figures of a page, and the rows of the lists that they open."""

import re
from html import unescape

STAT = re.compile(
    r'<a class="stat" href="([^"]+)"[^>]*><span class="stat-value">([^<]+)</span><span class="stat-label">([^<]+)<'
)
MENU = re.compile(
    r'<a href="([^"]+)"><svg(?:(?!</svg>).)*</svg><span><strong>(\d+)</strong> ([^<]+)</span></a>', re.DOTALL
)
NEXT = re.compile(r'href="([^"]+)"[^>]*hx-push-url="true"><span>下一页')


def figures(html):
    """(label, number, address) of every figure with a link."""
    drawn = STAT.findall(html) + MENU.findall(html)
    return [(unescape(label), int(number.replace(",", "")), unescape(url)) for url, number, label in drawn]


def sums(html):
    """The labels of figures that are a sum over their rows, not the number of rows."""
    drawn = re.findall(r'<a class="stat"[^>]* data-sum><span class="stat-value">[^<]+</span><span [^>]+>([^<]+)<', html)
    return {unescape(label) for label in drawn}


def total(client, url):
    """The sum shown by a list."""
    sum_ = re.search(r'data-sum="(\d+)"', client.get(url).text)
    return int(sum_.group(1)) if sum_ else 0


def silent(html):
    """The labels of figures without a link."""
    return re.findall(
        r'<div class="stat"[^>]*><span class="stat-value">[^<]*</span><span class="stat-label">([^<]+)<', html
    )


def rows(client, url):
    """The number of rows on all pages of a list, and the number that the list shows."""
    total, shown = 0, None
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        body = re.search(r"<tbody>(.*?)</tbody>", answer.text, re.DOTALL)
        total += body.group(1).count("<tr") if body else 0
        shown = shown or re.search(r'data-count="([^"]+)"', answer.text)
        following = NEXT.search(answer.text)
        url = unescape(following.group(1)) if following else None
    return total, shown.group(1) if shown else "0"
