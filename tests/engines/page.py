"""A page in WebKit or Firefox over WebDriver: every question is asked again until it is answered or its time is up."""

from selenium.common.exceptions import (
    JavascriptException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.browser import PASSWORD

PATIENCE_S = 30
BETWEEN_QUESTIONS_S = 0.05
# What may be so for a moment while one page goes and the next one comes.
PASSING = (JavascriptException, NoSuchElementException, StaleElementReferenceException)
# Runs before every script of a page: what goes wrong in it is kept where the next page finds it.
WATCH = """(() => {
  const note = (words) => { localStorage["engine.faults"] = (localStorage["engine.faults"] ?? "") + words + "\\n"; };
  addEventListener("error", (event) => { if (event.message) note(event.message); });
  addEventListener("unhandledrejection", (event) => note(String(event.reason)));
})();
"""
SHOWN = """const [css, words] = arguments;
const isMeant = (one) => one.checkVisibility() && one.textContent.includes(words);
return [...document.querySelectorAll(css)].find(isMeant) ?? null;
"""
KEYS_OF = """const [store, done] = arguments, asked = indexedDB.open("frontline");
asked.onupgradeneeded = () => asked.transaction.abort();
asked.onerror = () => done([]);
asked.onsuccess = () => {
  const base = asked.result, keys = base.transaction(store).objectStore(store).getAllKeys();
  keys.onsuccess = () => { base.close(); done(keys.result.map(String)); };
};"""


class Page:
    """What a person does on a page, by CSS selectors."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url

    def open(self, path):
        self.driver.get(self.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    def ask(self, question, *given):
        """What a script answers now. Firefox runs it beside the page: what the page is to see is set on `window`."""
        return self.driver.execute_script(question, *given)

    def wait(self, question, *given, seconds=PATIENCE_S):
        """What a script's body returns, as soon as it is something. Raises TimeoutException with the question."""
        return self._until(lambda driver: driver.execute_script(question, *given), (question, *given), seconds)

    def wait_for_path(self, part):
        self._until(lambda driver: part in driver.current_url, f"the address {part}")

    def wait_until_kept(self, *parts):
        """Until the device keeps these parts of the reference data."""
        self._until(lambda _driver: set(parts) <= set(self.keys_of("reference")), f"kept: {parts}")

    def keys_of(self, store):
        """The keys of a store of the device's database."""
        return self.driver.execute_async_script(KEYS_OF, store)

    def find(self, css, words=""):
        """The first element that can be seen and contains the words."""
        return self._until(lambda driver: driver.execute_script(SHOWN, css, words), (css, words))

    def wait_until_gone(self, css):
        self._until(lambda driver: driver.execute_script(SHOWN, css, "") is None, f"still there: {css}")

    def click(self, css, words=""):
        def clicked(driver):
            element = driver.execute_script(SHOWN, css, words)
            if element is None:
                return False
            driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
            return True

        self._until(clicked, ("click", css, words))

    def tick(self, css):
        """A choice whose own field is covered by its words."""
        self.ask("document.querySelector(arguments[0]).click()", css)

    def type(self, css, text):
        """Into a field that is emptied first."""
        field = self.find(css)
        field.clear()
        field.send_keys(text)

    def keys(self, text):
        """As fast as they go, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(text)

    def attach(self, css, path):
        self.driver.find_element(By.CSS_SELECTOR, css).send_keys(str(path))

    def sign_in(self, username):
        """Done when the worker is there and this person's leave to record is on the device."""
        self.open("/sign-in")
        self.type("input[name=username]", username)
        self.type("input[name=password]", PASSWORD)
        self.click("form:has(input[name=password]) button[type=submit]")
        self.wait("return !location.pathname.includes('sign-in') && document.body.dataset.person")
        self._until(lambda _driver: "grant" in self.keys_of("keys"), "leave to record")
        self.driver.execute_async_script("const [done] = arguments; navigator.serviceWorker.ready.then(() => done());")

    @property
    def faults(self):
        """What scripts failed at on any page so far."""
        return (self.ask("return localStorage['engine.faults'] ?? ''")).splitlines()

    def _until(self, answer, what, seconds=PATIENCE_S):
        waiting = WebDriverWait(self.driver, seconds, poll_frequency=BETWEEN_QUESTIONS_S, ignored_exceptions=PASSING)
        try:
            return waiting.until(answer)
        except TimeoutException:
            raise AssertionError(f"{what} at {self._where()}") from None

    def _where(self):
        try:
            return f"{self.path}: {self.ask('return document.body.innerText')[:1500]}"
        except WebDriverException as error:
            return f"a page that does not answer: {error.msg}"
