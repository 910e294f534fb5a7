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
    // A row of many objects is a finding for each of them.
    var partsOf = function (row) {
      var list = row.querySelectorAll("li");
      return Array.prototype.slice.call(list.length ? list : [row]);
    };
    var textsOf = function (row, part) {
      return Array.prototype.map.call(row.children, function (item, place) { return (place || part === row ? item : part).textContent; });
    };
    var rows = Array.prototype.slice.call(document.querySelectorAll("#all tr.finding")), findings = [];
    rows.forEach(function (row) { partsOf(row).forEach(function (part) { findings.push({ row: row, part: part }); }); });
    var lists = rows.filter(function (row) { return row.querySelector("details"); }).map(function (row) {
      var head = row.querySelector("summary");
      return { row: row, details: row.querySelector("details"), head: head, text: head.textContent, parts: partsOf(row) };
    });
    var texts = null;
    var apply = function () {
      // The texts are read at the first search: a page of a big fleet is shown before that.
      var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      var chosen = Boolean(words.value || kind.value || of.value || check.value);
      if (wanted.length && !texts) { texts = findings.map(function (finding) { return textsOf(finding.row, finding.part).join(" ").toLowerCase(); }); }
      findings.forEach(function (finding, place) {
        var row = finding.row, fits = (!kind.value || row.dataset.status === kind.value) && (!of.value || finding.part.dataset.of === of.value)
          && (!check.value || row.dataset.check === check.value)
          && wanted.every(function (word) { return texts[place].includes(word); });
        finding.part.hidden = !fits;
        shown += fits;
      });
      lists.forEach(function (list) {
        var left = list.parts.filter(function (part) { return !part.hidden; }).length;
        list.row.hidden = left === 0;
        list.details.open = chosen;
        list.head.textContent = left < list.parts.length ? left + " of " + list.parts.length : list.text;
      });
      document.querySelectorAll("details.list").forEach(function (list) {
        if (chosen) { list.open = list.querySelector("tr.finding:not([hidden])") !== null; }
      });
      count.textContent = shown + " of " + findings.length + " shown";
    };
    words.addEventListener("input", apply);
    [kind, of, check].forEach(function (box) { box.addEventListener("change", apply); });

    var compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
    var statuses = Array.prototype.map.call(kind.options, function (option) { return option.value; });
    var value = function (row, column) {
      if (column === 1) { return String(100 + statuses.indexOf(row.dataset.status)); }
      return ((column === 0 && row.querySelector("li:not([hidden])")) || row.children[column]).textContent;
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
      document.querySelectorAll("#all tr.finding").forEach(function (row) {
        partsOf(row).filter(function (part) { return !part.hidden; }).forEach(function (part) {
          var cells = textsOf(row, part);
          cells[1] = kind.options[statuses.indexOf(row.dataset.status)].textContent;
          lines.push(cells.concat(part.dataset.of));
        });
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
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open]):not(.screen):not(.many)"));
    folded.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (item) { item.open = false; });
  });
})();
