/* Copyright (c) 2026 hybrid.exchange contributors
   SPDX-License-Identifier: GPL-3.0-or-later
   The page is whole without this: it adds copy buttons, a search, an order and a table to save, and opens what is folded before printing. */
"use strict";
(function () {
  var status = document.getElementById("spoken");
  function said(button, text) {
    button.textContent = text;
    status.textContent = text;
    setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
  document.querySelectorAll(".copyable").forEach(function (box) {
    var text = box.querySelector("pre");
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the fix");
    button.addEventListener("click", function () {
      function byHand() {
        select(text);
        said(button, document.execCommand("copy") ? "Copied" : "Selected");
      }
      if (!navigator.clipboard) { byHand(); return; }
      navigator.clipboard.writeText(text.textContent).then(function () { said(button, "Copied"); }, byHand);
    });
    box.appendChild(button);
  });

  var tools = document.getElementById("tools");
  if (tools) {
    var field = function (name) { return document.getElementById(name); };
    var words = field("words"), kind = field("kind"), of = field("of"), check = field("check"), count = field("count");
    var rows = Array.prototype.slice.call(document.querySelectorAll("#all tr.finding"));
    var texts = null;
    var apply = function () {
      // The texts are read at the first search: a page of a big fleet is shown before that.
      var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      if (wanted.length && !texts) { texts = rows.map(function (row) { return row.textContent.toLowerCase(); }); }
      rows.forEach(function (row, place) {
        var fits = (!kind.value || row.dataset.status === kind.value) && (!of.value || row.dataset.of === of.value)
          && (!check.value || row.dataset.check === check.value)
          && wanted.every(function (word) { return texts[place].includes(word); });
        row.hidden = !fits;
        shown += fits;
      });
      document.querySelectorAll("details.list").forEach(function (list) {
        if (words.value || kind.value || of.value || check.value) { list.open = list.querySelector("tr.finding:not([hidden])") !== null; }
      });
      count.textContent = shown + " of " + rows.length + " shown";
    };
    words.addEventListener("input", apply);
    [kind, of, check].forEach(function (box) { box.addEventListener("change", apply); });

    var compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
    var statuses = Array.prototype.map.call(kind.options, function (option) { return option.value; });
    var value = function (row, column) {
      return column === 1 ? String(100 + statuses.indexOf(row.dataset.status)) : row.children[column].textContent;
    };
    document.querySelectorAll("#all .all thead th").forEach(function (head) {
      var button = document.createElement("button"), column = head.cellIndex;
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        head.closest("tr").querySelectorAll("[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        var body = head.closest("table").tBodies[0], sorted = Array.prototype.slice.call(body.rows);
        sorted.sort(function (left, right) { return (down ? -1 : 1) * compare(value(left, column), value(right, column)); });
        sorted.forEach(function (row) { body.appendChild(row); });
      });
    });

    // What a spreadsheet would take for a formula begins with an apostrophe, as in the files that the run writes.
    var formula = /(^|[;\t\r\n])(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r\n])/g;
    var cell = function (text) { return '"' + text.replace(formula, "$1'").replace(/"/g, '""') + '"'; };
    var save = document.createElement("button");
    save.type = "button";
    save.textContent = "Save as CSV";
    tools.insertBefore(save, count);
    save.addEventListener("click", function () {
      var lines = [["Object", "Status", "Check", "Found", "Expected", "Actual", "Server or tenant"]];
      document.querySelectorAll("#all tr.finding:not([hidden])").forEach(function (row) {
        var cells = Array.prototype.map.call(row.children, function (item) { return item.textContent; });
        cells[1] = kind.options[statuses.indexOf(row.dataset.status)].textContent;
        lines.push(cells.concat(row.dataset.of));
      });
      var text = lines.map(function (line) { return line.map(cell).join(","); }).join("\r\n") + "\r\n";
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv;charset=utf-8" }));
      link.download = "findings.csv";
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
      status.textContent = (lines.length - 1) + " findings are saved";
    });
    tools.hidden = false;
    apply();
  }

  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open]):not(.screen)"));
    folded.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (item) { item.open = false; });
  });
})();
