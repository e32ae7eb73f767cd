"""Form fields that know their value: native inputs, so that keyboards and screen readers work as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from nicegui.element import Element

from handoff.console.widgets.elements import Text, attributes, box

_ids = count()
_VALUE = "(event) => emit(event.target.value)"
_CHECKED = "(event) => emit(event.target.checked)"


class TextField:
    """A line or an area of text under a label."""

    def __init__(
        self, label: str, value: str = "", *, lines: int = 1, limit: int = 200, hint: str = "", focus: bool = False
    ) -> None:
        self.value = value
        name = f"field-{next(_ids)}"
        with box("field"):
            attributes(Text(label, tag="label"), for_=name)
            self.input = box("input", tag="textarea" if lines > 1 else "input")
            attributes(self.input, id=name, maxlength=str(limit), autocomplete="off", autofocus=focus or None)
            if lines > 1:
                attributes(self.input, rows=str(lines))
            # Not `value`: Vue would write that back over what is being typed, at every update of the page.
            attributes(self.input, defaultValue=value)
            if hint:
                Text(hint, "hint")
        self.input.on("input", self._take, js_handler=_VALUE)

    def _take(self, event: object) -> None:
        self.value = str(getattr(event, "args", "") or "")


class Choice:
    """One of several values: a native drop-down list.

    Args:
        label: its label; shown above it, or only told to screen readers when `compact`.
        options: texts by value, in their order.
        value: the chosen one.
        on_change: told the new value.
        compact: without the label above.
    """

    def __init__(
        self,
        label: str,
        options: Mapping[str, str],
        value: str,
        *,
        on_change: Callable[[str], None] | None = None,
        compact: bool = False,
    ) -> None:
        self.value = value
        self._options = options
        self._on_change = on_change
        name = f"field-{next(_ids)}"
        with box("field compact" if compact else "field"):
            if not compact:
                attributes(Text(label, tag="label"), for_=name)
            self.input = box("input", tag="select")
            attributes(self.input, id=name, aria_label=label if compact else None)
            with self.input:
                for option, text in options.items():
                    attributes(Text(text, tag="option"), value=option, selected=True if option == value else None)
        self.input.on("change", self._take, js_handler=_VALUE)

    def _take(self, event: object) -> None:
        chosen = str(getattr(event, "args", ""))
        if chosen in self._options:
            self.value = chosen
            if self._on_change is not None:
                self._on_change(chosen)


class Checks:
    """Any of several values: a group of check boxes."""

    def __init__(self, label: str, options: Mapping[str, str], values: Sequence[str]) -> None:
        self._options = options
        self._chosen = set(values)
        with box("field", tag="fieldset"):
            Text(label, tag="legend")
            with box("checks"):
                for option, text in options.items():
                    self._check(option, text)

    @property
    def values(self) -> tuple[str, ...]:
        """The chosen values, in the order of the options."""
        return tuple(option for option in self._options if option in self._chosen)

    def _check(self, option: str, text: str) -> None:
        with box("check", tag="label"):
            check = attributes(box(tag="input"), type="checkbox", checked=True if option in self._chosen else None)
            Text(text)

        def take(event: object) -> None:
            (self._chosen.add if getattr(event, "args", False) else self._chosen.discard)(option)

        check.on("change", take, js_handler=_CHECKED)


class Radios:
    """Exactly one of several values, all in sight; none at first."""

    def __init__(self, label: str, options: Mapping[str, str], *, on_change: Callable[[], None] | None = None) -> None:
        self.value: str | None = None
        self._on_change = on_change
        group = f"group-{next(_ids)}"
        with box("field", tag="fieldset"):
            Text(label, tag="legend")
            with box("radios"):
                for option, text in options.items():
                    self._radio(group, option, text)

    def _radio(self, group: str, option: str, text: str) -> None:
        with box("radio", tag="label"):
            radio: Element = attributes(box(tag="input"), type="radio", name=group, value=option)
            Text(text)

        def take(_: object) -> None:
            self.value = option
            if self._on_change is not None:
                self._on_change()

        radio.on("change", take, args=[])
