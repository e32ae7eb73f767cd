/** The style sheets, as text: constructed sheets need no permission from the page's content security policy. */
import base from "./base.css.js";
import composer from "./composer.css.js";
import empty from "./empty.css.js";
import files from "./files.css.js";
import messages from "./messages.css.js";
import panel from "./panel.css.js";
import replies from "./replies.css.js";

export const STYLES = [base, panel, messages, replies, empty, files, composer];
