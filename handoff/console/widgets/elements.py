"""Plain HTML elements with the classes of assets/console.css."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

Action = Callable[[], Awaitable[None] | None]


class Text(TextElement):
    """An element that holds nothing but text."""

    def __init__(self, text: str, classes: str = "", *, tag: str = "span") -> None:
        super().__init__(tag=tag, text=text)
        if classes:
            self.classes(classes)

    def show(self, text: str) -> None:
        """Changes the text, if it is another one."""
        if self.text != text:
            self.text = text


def box(classes: str = "", *, tag: str = "div") -> Element:
    """A container."""
    element = ui.element(tag)
    return element.classes(classes) if classes else element


def icon(name: str, classes: str = "") -> Text:
    """A decorative icon of the Material Icons font; screen readers skip it."""
    element = Text(name, f"material-icons-outlined icon {classes}", tag="i")
    element.props["aria-hidden"] = "true"
    return element


def attributes(element: Element, **values: str | bool | None) -> Element:
    """Sets attributes; underscores become hyphens, None removes one. Values are not parsed: any text may be given."""
    for name, value in values.items():
        key = name.rstrip("_").replace("_", "-")
        if value is None:
            element.props.pop(key, None)
        elif element.props.get(key) != value:
            element.props[key] = value
    return element


def button(
    text: str, action: Action | None = None, *, classes: str = "", symbol: str | None = None, hint: str | None = None
) -> Element:
    """A button with a text, an icon, or both.

    Args:
        text: what it says; empty for an icon alone, and then `hint` names it.
        action: what a click does.
        classes: more classes: ``primary``, ``quiet``, ``danger``, ``small``.
        symbol: the icon's name.
        hint: its tooltip, and the name for screen readers when it has no text.
    """
    element = box(f"button {classes}", tag="button")
    attributes(element, type="button", title=hint, aria_label=None if text else hint)
    with element:
        if symbol:
            icon(symbol)
        if text:
            Text(text)
    if action is not None:
        element.on("click", lambda _: action(), args=[])
    return element


def enable(element: Element, on: bool) -> None:
    """Enables or disables a button."""
    attributes(element, disabled=None if on else True)


def show(element: Element, on: bool) -> None:
    """Shows or hides an element."""
    if element.visible != on:
        element.set_visibility(on)


def chip(text: str, classes: str = "") -> Text:
    """A small label."""
    return Text(text, f"chip {classes}")
