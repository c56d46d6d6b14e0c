/** Between these stands the report as JSON in its page. Nowhere else in a page does a text of somebody else's have a `<`. */
export const DATA_START = `<script type="application/json" id="report">`;
export const DATA_END = "</script>";
