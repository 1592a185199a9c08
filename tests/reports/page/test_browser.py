"""The page in a browser: what it shows is what the document says."""

import json
import re
import shutil
from base64 import b64decode
from pathlib import Path

import pytest

from biometal_stream.reports.page.modules import SECTIONS
from biometal_stream.reports.page.render import render
from tests.reports.page.documents import everything, hostile, pairs

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def document(folder):
    return pairs(folder)


@pytest.fixture(scope="module")
def address(document, folder):
    return written(document, folder / "pairs.html")


def written(document, path):
    path.write_text(render(document))
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    return opened(browser, address)


@pytest.fixture(scope="module")
def shown(browser, address):
    """The page for tests that only look at it, and stand first."""
    return opened(browser, address)


def opened(browser, address, *, width=1440, dark=False):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    features = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},  # clicks do not wait for scrolling
    ]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(address)
    see_all(browser)
    return browser


def see_all(browser):
    """Scrolls through the page, so that every chart that is not in a closed tab is drawn."""
    undrawn = (
        "return [...document.querySelectorAll('.figure')]"
        ".find((each) => each.offsetParent && !each.querySelector('svg'))"
    )

    def step(driver):
        figure = driver.execute_script(undrawn)
        if figure is not None:
            driver.execute_script("arguments[0].scrollIntoView({behavior: 'instant'})", figure)
        return figure is None

    WebDriverWait(browser, 20, poll_frequency=0.02).until(step)
    browser.execute_script("scrollTo({top: 0, behavior: 'instant'})")


def all_of(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def one_of(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def texts(browser, selector):
    script = (
        "return [...document.querySelectorAll(arguments[0])]"
        ".filter((each) => each.getClientRects().length).map((each) => each.textContent)"
    )
    return browser.execute_script(script, selector)


def until(true):
    """Waits for what the browser does in its next frames."""
    WebDriverWait(None, 10, 0.02).until(lambda _: true())


def axis(browser):
    return texts(browser, '[data-chart="mean-quality"] svg text')


def pressed(browser, name):
    return one_of(browser, f"[data-switches] [data-{name}]").get_attribute("aria-pressed")


def test_it_opens_without_errors_and_without_the_network(shown, address):
    assert shown.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in shown.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert {each for each in asked if not each.startswith("data:")} <= {address}


def test_what_screen_readers_find(shown):
    assert (
        len(all_of(shown, "h1")) == len(all_of(shown, "main")) == len(all_of(shown, "header")) == 1
    )
    names = shown.execute_script("return [...document.querySelectorAll('[id]')].map((x) => x.id)")
    assert len(names) == len(set(names))
    for attribute in ("aria-labelledby", "aria-controls"):
        script = f"return [...document.querySelectorAll('[{attribute}]')]"
        asked = shown.execute_script(f"{script}.map((x) => x.getAttribute('{attribute}'))")
        assert set(asked) <= set(names)
    labels = shown.execute_script(
        "return [...document.querySelectorAll('.canvas[role=img]')].map((x) => x.ariaLabel)"
    )
    assert len(labels) == len(all_of(shown, ".canvas"))
    assert all(re.search(r"\d", label) for label in labels)
    assert shown.execute_script(
        "return [...document.querySelectorAll('button')].every((each) => each.textContent.trim())"
    )


def entry(found, key):
    """What stands at a key, which may be the number of an entry."""
    by_number = isinstance(found, dict) and isinstance(key, int)
    return list(found.values())[key] if by_number else found[key]


def number_at(plain, path):
    """The number at a path of the document; the sum of a column, if a group of reads ends it."""
    found, table = plain, None
    for key in path[:-1]:
        found, table = entry(found, key), found
    if not (isinstance(found, list) and isinstance(path[-1], str)):
        return entry(found, path[-1])
    return sum(each for each, group in zip(found, table["group"], strict=True) if group == path[-1])


def agrees(text, value):
    """Whether a text is a number, rounded to the digits that it has."""
    text = re.sub(r"[\s,]", "", text)
    if text.startswith("<"):
        return 0 < value < float(text[1:].rstrip("%"))
    if text.startswith(">"):
        return float(text[1:].rstrip("%")) < value < 100
    if "e" in text:
        return abs(float(text) / value - 1) < 0.05
    digits, size = re.fullmatch(r"(-?[\d.]+)([kMGT%]?)", text).groups()
    factor = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(size, 1)
    decimals = len(digits.partition(".")[2])
    return abs(float(digits) * factor - value) <= (0.5 * 10**-decimals) * factor * (1 + 1e-9)


FIGURES = """
return [...document.querySelectorAll("data")].map((each) => ({
  text: each.textContent, value: each.value, ...each.dataset,
}));
"""


def test_every_number_of_the_text_is_in_the_json(document, shown):
    figures = shown.execute_script(FIGURES)
    assert len(figures) > 100
    all_agree(figures, json.loads(document.to_json()))


def all_agree(figures, plain):
    for figure in figures:
        value = sum(number_at(plain, path) for path in json.loads(figure["parts"]))
        if "wholes" in figure:
            value /= sum(number_at(plain, path) for path in json.loads(figure["wholes"]))
        if figure["unit"] == "share":
            value *= 100
        assert ("%" in figure["text"]) == (figure["unit"] in {"percent", "share"})
        assert agrees(figure["text"], value), figure


TEXT_WITHOUT_FIGURES = """
const copy = document.querySelector("#overview").cloneNode(true);
const others = copy.querySelectorAll("data, .step, .why, .matrix, .concerns, .figure, h1, th");
others.forEach((each) => each.remove());
return copy.textContent;
"""


def test_no_number_of_the_text_comes_from_elsewhere(shown):
    text = shown.execute_script(TEXT_WITHOUT_FIGURES)
    text = re.sub(
        r"All \d+ checks|\d+ of \d+ checks passed|\d+ with a warning|\d+ failed", "", text
    )
    assert re.findall(r"[^Q\d]\d+", text) == []


def test_points_of_charts_are_those_of_the_tables(document, page):
    table = document.to_dict()["quality"]["before"]["tables"]["per_cycle"]
    canvas = one_of(page, '[data-chart="band"] .canvas')
    canvas.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    shown = dict(re.findall(r"([a-z][a-z ]+|\d+th percentile) ([\d.]+)", said(page)))
    row = 2
    assert table["first_cycle"][row] == 3
    assert table["group"][row] == "mate 1"
    assert float(shown["mean"]) == round(table["mean_quality"][row], 2)
    assert float(shown["median"]) == table["median"][row]
    assert float(shown["lower quartile"]) == table["lower_quartile"][row]


def said(browser):
    return one_of(browser, "[data-status]").get_attribute("textContent")


CELLS = """
const rows = [...arguments[0].querySelectorAll("tbody tr")];
return rows.map((row) => [...row.cells].map((cell) => cell.textContent));
"""


def test_the_numbers_of_a_chart_are_a_table(document, page):
    figure = one_of(page, '[data-chart="read-quality"]')
    figure.find_element(By.TAG_NAME, "summary").click()
    until(lambda: all_of(page, '[data-chart="read-quality"] tr'))
    found = page.execute_script(CELLS, figure)
    expected = []
    for place, each in document.to_dict()["quality"].items():
        table = each["tables"]["per_read_quality"]
        cells = zip(table["group"], table["quality"], table["reads"], strict=True)
        expected += [[f"{place}, {group}", str(q), str(n)] for group, q, n in cells]
    assert sorted(found) == sorted(expected)


def test_places_and_mates_are_switched(page):
    panels = '[data-chart="band"] .panel > p'
    assert texts(page, panels) == [
        f"{place}, {mate}" for place in ("before", "after") for mate in ("mate 1", "mate 2")
    ]
    one_of(page, '[data-place="before"]').click()
    assert pressed(page, "place=before") == "false"
    assert texts(page, panels) == ["after, mate 1", "after, mate 2"]
    one_of(page, '[data-place="before"]').click()
    one_of(page, '[data-group="mate 2"]').click()
    assert texts(page, panels) == ["before, mate 1", "after, mate 1"]
    legend = '[data-chart="mean-quality"] .legend span'
    assert texts(page, legend) == ["before, mate 1", "after, mate 1"]
    one_of(page, '[data-group="mate 1"]').click()  # the last one stays
    assert pressed(page, "group='mate 1'") == "true"


def test_tabs(page):
    tabs = all_of(page, "#quality [role=tab]")
    assert [tab.text for tab in tabs] == ["Quartiles", "All scores", "By base"]
    tabs[1].click()
    until(lambda: all_of(page, '[data-chart="scores"] svg'))
    assert tabs[1].get_attribute("aria-selected") == "true"
    assert not one_of(page, "#panel-band").is_displayed()
    assert len(all_of(page, '[data-chart="scores"] .panel:first-child svg path')) > 50


def test_the_theme_follows_the_system_and_the_switch(browser, address):
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = opened(browser, address).execute_script(ground)
    dark = opened(browser, address, dark=True).execute_script(ground)
    assert light != dark
    switch = one_of(browser, ".theme")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert browser.execute_script(ground) == light
    assert switch.get_attribute("aria-pressed") == "false"


def test_the_keyboard_is_enough(page):
    def press(*keys):
        ActionChains(page).send_keys(*keys).perform()
        return page.switch_to.active_element

    def tab_to(selector):
        wanted = one_of(page, selector)
        for _ in range(200):
            if press(Keys.TAB) == wanted:
                return wanted
        raise AssertionError(selector)

    assert press(Keys.TAB).text == "Skip to the report"
    tab_to('[data-place="before"]').send_keys(Keys.SPACE)
    assert pressed(page, "place=before") == "false"
    tab_to(".theme").send_keys(Keys.ENTER)
    assert one_of(page, "html").get_attribute("data-theme") == "dark"
    canvas = tab_to('[data-chart="mean-quality"] .canvas')
    whole = axis(page)
    canvas.send_keys("+")
    until(lambda: axis(page) != whole)
    canvas.send_keys(Keys.ESCAPE)
    until(lambda: axis(page) == whole)
    tab_to("#tab-band")
    assert press(Keys.ARROW_RIGHT).get_attribute("id") == "tab-scores"
    assert one_of(page, "#panel-scores").is_displayed()
    assert press(Keys.END).get_attribute("id") == "tab-letters"


def test_a_drag_zooms_and_a_double_click_shows_all(page):
    canvas = one_of(page, '[data-chart="mean-quality"] .canvas')
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    whole = axis(page)
    drag = ActionChains(page).move_to_element_with_offset(canvas, -100, 0).click_and_hold()
    drag.move_by_offset(150, 0).release().perform()
    until(lambda: axis(page) != whole)
    ActionChains(page).double_click(canvas).perform()
    until(lambda: axis(page) == whole)


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_it_fits_the_width(browser, address, width):
    page = opened(browser, address, width=width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    assert page.get_log("browser") == []


PRINTED = """
dispatchEvent(new Event("beforeprint"));
const charts = [...document.querySelectorAll(".canvas svg")].map((each) => {
  const { width, height } = each.getBoundingClientRect();
  return [width, height, each.closest(".panel").getBoundingClientRect().height];
});
dispatchEvent(new Event("afterprint"));
return charts;
"""


def test_all_tabs_are_on_paper(page):
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    charts = page.execute_script(PRINTED)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert len(charts) > len(all_of(page, ".figure"))
    assert all(width > 200 and 100 < height < panel for width, height, panel in charts)
    assert not one_of(page, "#panel-scores").is_displayed()
    pdf = b64decode(page.print_page())
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    assert page.execute_script("return document.documentElement.dataset.theme") is None
    assert page.get_log("browser") == []


def test_texts_of_others_run_nothing(browser, document, folder):
    page = opened(browser, written(hostile(document), folder / "hostile.html"))
    assert page.get_log("browser") == []
    assert "alert(1)" in one_of(page, "h1").text
    assert all_of(page, "img") == []


def test_every_module_is_drawn(browser, folder):
    document = everything(folder)
    page = opened(browser, written(document, folder / "everything.html"))
    shown = page.execute_script("return [...document.querySelectorAll('.module')].map((x) => x.id)")
    paired = {"inserts"}
    assert set(shown) >= {section.name for section in SECTIONS} - paired
    for tab in all_of(page, "[role=tab][aria-selected=false]"):
        tab.click()
    see_all(page)
    charts = page.execute_script(DRAWN)
    assert set(charts) >= {each.name for section in SECTIONS for each in section.charts} - paired
    assert [name for name, marks in charts.items() if marks == 0 and name != "adapters"] == []
    assert page.get_log("browser") == []
    all_agree(page.execute_script(FIGURES), json.loads(document.to_json()))


DRAWN = """
const mark = 'path:not([fill="none"][stroke="none"])';
return Object.fromEntries([...document.querySelectorAll(".figure")].map((each) =>
  [each.dataset.chart, each.querySelectorAll(mark).length]));
"""


def test_inserts_are_drawn(page):
    assert "inserts" in page.execute_script(DRAWN)
