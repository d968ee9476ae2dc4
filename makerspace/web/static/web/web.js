/* Small comforts; every act works without them. Each block finds its own elements by a data attribute. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(selector);
      if (found) act(event, found);
    });
  const make = (tag, css = "", text = "") => Object.assign(document.createElement(tag), { className: css, textContent: text });
  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || "";
  const person = document.body.dataset.person || "";
  document.documentElement.classList.add("k-scripted");

  /* -- who signs in again in another window changes the token: what is sent bears the newest one -------------------- */
  const TOKEN = "csrfmiddlewaretoken";
  const ours = () => ({ "X-Requested-By": "script", "X-Person": person });
  const bodyOf = (form) => {
    const body = new FormData(form);
    if (cookie("csrftoken")) body.set(TOKEN, cookie("csrftoken"));
    return body;
  };
  document.addEventListener("htmx:configRequest", (event) => {
    if (cookie("csrftoken")) event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
  });

  /* -- what was sent stays in this window until the server has answered it, and for nobody else ---------------------- */
  const KEPT = "kept:";
  const keptKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT));
  const forget = () => keptKeys().forEach((key) => sessionStorage.removeItem(key));
  const read = (key) => JSON.parse(sessionStorage.getItem(key));
  const signOut = "BroadcastChannel" in window ? new BroadcastChannel("sign-out") : null;
  signOut?.addEventListener("message", forget);
  const addressOf = (form) => form.getAttribute("action") || "";
  const fillable = (form) => all("input, select, textarea", form).filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));
  const hide = (form, name, value) => {
    const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    field.value = value;
  };
  const keep = (form) => {
    if (!person || !form.closest("main") || !fillable(form).length || one("input[type=password]", form)) return;
    const nonce = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const typed = new Set(fillable(form).map((field) => field.name));
    const values = [...new FormData(form)].filter(([name, value]) => typed.has(name) && typeof value === "string");
    const entry = { person, path: location.pathname, action: addressOf(form), at: clock(), values };
    hide(form, "_person", person);
    hide(form, "_kept", nonce);
    try { sessionStorage.setItem(KEPT + nonce, JSON.stringify(entry)); } catch { /* no room: the form is sent all the same */ }
  };
  const release = () => {
    sessionStorage.removeItem(KEPT + cookie("kept"));
    if (person) keptKeys().forEach((key) => { if (read(key).person !== person) sessionStorage.removeItem(key); });
  };
  const restore = (form, values) => {
    all("[data-rows]", form).forEach((list) => restoreRows(list, values));
    const left = new Map();
    values.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
    fillable(form).forEach((field) => {
      const given = left.get(field.name) || [];
      if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
      else if (given.length) field.value = given.shift();
    });
    changed(form);
  };
  const restoreRows = (list, values) => {
    const indexOf = (name) => name.startsWith(`${list.dataset.rows}-`) ? Number(name.slice(list.dataset.rows.length + 1).split("-")[0]) : -1;
    const indexes = new Set(values.map(([name]) => indexOf(name)).filter((index) => index >= 0));
    if (!indexes.size) return;
    while (Number(list.dataset.next) <= Math.max(...indexes)) addRow(list);
    all("[data-row]", list).forEach((row) => { if (!cells(row).some((field) => indexes.has(indexOf(field.name)))) row.remove(); });
    number(list);
  };
  const offer = (key) => {
    const entry = read(key);
    const form = entry.path === location.pathname && all("main form").find((each) => each.method === "post" && addressOf(each) === entry.action && fillable(each).length);
    if (!form) return;
    const note = make("div", "k-notice k-warn");
    const body = make("div", "k-notice-body");
    const buttons = make("p", "k-buttons");
    const [yes, no] = [make("button", "btn btn-primary", "恢复未提交的内容"), make("button", "btn", "不再保留")];
    for (const button of [yes, no]) button.type = "button";
    note.setAttribute("role", "status");
    body.append(make("p", "k-notice-title", `您${entry.at}填写的内容没有提交`), make("p", "", "内容只保留在本窗口。恢复后请核对并重新提交，文件须重新选择。"), buttons);
    buttons.append(yes, no);
    note.append(body);
    const done = () => { sessionStorage.removeItem(key); note.remove(); };
    yes.addEventListener("click", () => { restore(form, entry.values); done(); fillable(form)[0]?.focus(); });
    no.addEventListener("click", done);
    form.before(note);
  };

  /* -- menu, elder mode, printing, copying ---------------------------------------------------------------------- */
  const toggles = () => all("[data-toggle]").forEach((button) => { button.hidden = matchMedia("(min-width: 62em)").matches; });
  on("click", "[data-toggle]", (event, button) => {
    const open = document.getElementById(button.dataset.toggle).classList.toggle("k-open");
    button.setAttribute("aria-expanded", String(open));
  });
  on("click", "[data-elder-switch]", (event, link) => {
    event.preventDefault();
    const larger = !("elder" in document.documentElement.dataset);
    if (larger) document.documentElement.dataset.elder = "";
    else delete document.documentElement.dataset.elder;
    document.cookie = `elder=${larger ? 1 : 0}; path=/; max-age=31536000; samesite=lax`;
    one("span", link).textContent = larger ? "标准版" : "大字版";
    toggles();
  });
  on("click", "[data-print]", () => window.print());
  on("click", "[data-copy]", async (event, button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.textContent;
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = said; }, 2000);
  });
  document.addEventListener("click", (event) => {
    all("[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("[data-menu][open]").forEach((menu) => { menu.open = false; one("summary", menu).focus(); });
  });
  on("change", "form[data-autosubmit] select", (event, select) => select.form.requestSubmit());

  /* -- a question before what cannot be taken back; one press sends once ------------------------------------------ */
  const ask = (question) => new Promise((answer) => {
    const dialog = make("dialog", "k-dialog");
    dialog.setAttribute("aria-label", "请确认");
    dialog.setAttribute("aria-describedby", "dialog-question");
    const buttons = make("p", "k-buttons");
    const yes = make("button", "btn btn-primary", "确定");
    const no = make("button", "btn", "取消");
    dialog.append(Object.assign(make("p", "", question), { id: "dialog-question" }), buttons);
    buttons.append(yes, no);
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close("no"));
    dialog.addEventListener("close", () => { answer(dialog.returnValue === "yes"); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
  /* What must be filled in and is empty is said by the page that comes back, before anything is asked. Rows and groups
     may be left out as a whole: they do not count, so that nothing is ever taken without the question. */
  const counts = (field) => !field.closest("template, [data-row], .k-group");
  const lacking = (form) =>
    all("[aria-required=true], [required]", form).some((field) => counts(field) && !(field.type === "checkbox" ? field.checked : field.value.trim())) ||
    all("[data-required]", form).some((set) => counts(set) && !one("input:checked", set));
  const rowButton = (button) => button && ["_add", "_drop"].includes(button.name);
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post") return;
    if (cookie("csrftoken") && form.elements[TOKEN]) form.elements[TOKEN].value = cookie("csrftoken");
    if (addressOf(form).endsWith("/logout/")) { forget(); signOut?.postMessage(""); }
    if (rowButton(button) || form.dataset.upload !== undefined) return;
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.sure && !lacking(form)) {
      event.preventDefault();
      if (await ask(question)) {
        form.dataset.sure = "1";
        form.requestSubmit(button?.isConnected ? button : undefined);
        delete form.dataset.sure;
      }
      return;
    }
    if (form.dataset.sent) return event.preventDefault();
    keep(form);
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  /* -- repeated rows: add, remove, paste from a spreadsheet -------------------------------------------------------- */
  const number = (list) => all("[data-row-number]", list).forEach((mark, place) => { mark.textContent = place + 1; });
  const addRow = (list) => {
    const index = list.dataset.next;
    list.dataset.next = Number(index) + 1;
    const html = one("template[data-row-template]", list).innerHTML.replaceAll("__i__", index);
    const body = one("[data-rows-body]", list);
    const holder = document.createElement(body.tagName === "TBODY" ? "tbody" : "div");
    holder.innerHTML = html;
    const row = holder.firstElementChild;
    body.append(row);
    number(list);
    return row;
  };
  const cells = (row) => all("input:not([type=hidden]), select, textarea", row);
  const put = (field, text) => {
    const value = text.trim();
    if (field.tagName === "SELECT") {
      const match = [...field.options].find((option) => option.text === value || option.value === value);
      if (match) field.value = match.value;
    } else if (field.type === "checkbox") {
      field.checked = ["是", "有", "√", "1", "true"].includes(value);
    } else if (field.type === "date") {
      const parts = value.match(/^(\d{4})\D(\d{1,2})\D(\d{1,2})/);
      field.value = parts ? [parts[1], parts[2].padStart(2, "0"), parts[3].padStart(2, "0")].join("-") : "";
    } else {
      field.value = value;
    }
  };
  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
  on("click", "[data-row-add]", (event, button) => {
    event.preventDefault();
    cells(addRow(button.closest("[data-rows]")))[0]?.focus();
  });
  on("click", "[data-row-drop]", (event, button) => {
    event.preventDefault();
    const list = button.closest("[data-rows]");
    button.closest("[data-row]").remove();
    if (!one("[data-row]", list)) addRow(list);
    number(list);
    changed(list);
    one("[data-row-add]", list).focus();
  });
  on("paste", "[data-row] input, [data-row] select", (event, field) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const list = field.closest("[data-rows]");
    let row = field.closest("[data-row]");
    const start = cells(row).indexOf(field);
    text.split("\n").forEach((line, place) => {
      if (place) row = row.nextElementSibling || addRow(list);
      const fields = cells(row);
      line.split("\t").forEach((value, column) => { if (fields[start + column]) put(fields[start + column], value); });
    });
    changed(list);
  });

  /* -- autosave with a visible state ------------------------------------------------------------------------------ */
  const WAIT = 1500, EVERY = 20000, AGAIN = 5000;
  const autosave = (form) => {
    const state = one("[data-save-state]");
    // amiss: something on the page is saved nowhere, and trying again will not change that
    let dirty = false, busy = false, ended = false, amiss = "amiss" in form.dataset, timer = 0;
    const say = (name, text) => { if (state) { state.dataset.state = name; state.textContent = text; } };
    const plan = (delay) => { clearTimeout(timer); timer = setTimeout(() => save(), delay); };
    const save = async (leaving = false) => {
      if (!dirty || busy) return;
      busy = true; dirty = false;
      if (!ended) say("saving", "正在保存…");  // else the way to sign in stays where it can be pressed
      try {
        const body = bodyOf(form);
        all("input[type=file]", form).forEach((input) => body.delete(input.name));  // files go with the form itself
        const response = await fetch(form.dataset.autosave, { method: "POST", body, headers: ours(), keepalive: leaving });
        const type = response.headers.get("Content-Type") || "";
        const told = type.includes("json") ? await response.json() : {};
        ended = response.status === 401;
        if (response.ok) settled(told);
        else if ([409, 412].includes(response.status)) { amiss = true; say("conflict", told.text || "内容已被他人更新，请刷新页面核对"); }
        else if (ended) { dirty = true; say("failed", "未保存：登录已过期，"); state?.append(signIn()); plan(EVERY); }
        else if (told.version !== undefined) { amiss = true; renewed(told, "failed", told.text); }
        else { dirty = true; say("failed", told.text ? `未保存：${told.text}` : "未保存，重试中"); plan(EVERY); }
      } catch {
        dirty = true;
        say("failed", "未保存，重试中");
        plan(AGAIN);
      } finally {
        busy = false;
      }
    };
    const signIn = () => Object.assign(make("a", "", "请在新窗口登录后继续"), { href: "/accounts/login/?next=/work/", target: "_blank" });
    const settled = (told) => { amiss = false; renewed(told, "saved", `已保存 ${clock()}`); };
    const renewed = (told, name, text) => {
      say(name, text);
      for (const name of ["version", "digest"]) if (told[name] !== undefined && form.elements[name]) form.elements[name].value = told[name];
      form.dispatchEvent(new CustomEvent("saved", { bubbles: true, detail: told }));
      if (dirty) plan(WAIT);
    };
    const touched = () => { dirty = true; if (!ended) say("dirty", "有改动尚未保存"); plan(WAIT); };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { dirty = amiss = false; clearTimeout(timer); } });
    setInterval(() => save(), EVERY);
    document.addEventListener("visibilitychange", () => save(document.hidden));
    window.addEventListener("beforeunload", (event) => { if (dirty || amiss) event.preventDefault(); });
  };

  /* -- uploads: each file by itself, with progress and retry ------------------------------------------------------ */
  const upload = (form) => {
    const input = one("input[type=file]", form);
    const list = one("[data-upload-list]", form);
    const shown = document.getElementById(form.dataset.list || "") || list;
    const limit = Number(form.dataset.maxMb);
    const send = (file, line) => {
      line.className = "k-upload-row";
      line.replaceChildren(make("span", "", file.name));
      const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
      const said = make("span", "k-muted", "等待上传");
      bar.setAttribute("aria-label", `${file.name} 上传进度`);
      line.append(bar, said);
      const press = (words, act) => {
        const button = make("button", "btn k-btn-small", words);
        button.type = "button";
        button.addEventListener("click", act);
        line.append(button);
      };
      const fail = (text, again = true) => {
        line.className = "k-upload-row k-failed";
        bar.remove();
        said.textContent = text;
        if (again) press("重试", () => send(file, line));
        press("移除", () => { line.remove(); input.focus(); });
      };
      if (limit && file.size > limit * 1024 * 1024) return fail(`超过${limit}MB，请压缩后再传`, false);
      if (!file.size) return fail("文件是空的，请重新选择", false);
      const body = bodyOf(form);
      body.delete(input.name);
      body.append(input.name, file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      Object.entries(ours()).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        bar.value = (100 * event.loaded) / event.total;
        said.textContent = event.loaded < event.total ? `${Math.round(bar.value)}%` : "正在核验";
      });
      request.addEventListener("error", () => fail("网络中断，未上传"));
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300) {
          const holder = document.createElement("ul");
          holder.innerHTML = request.responseText;
          line.remove();
          shown.append(...holder.children);
          form.dispatchEvent(new CustomEvent("uploaded", { bubbles: true }));
        } else {
          let text = "未上传，请重试";
          try { text = JSON.parse(request.responseText).text || text; } catch { /* a page, not JSON */ }
          fail(text, ![409, 413, 415, 422].includes(request.status));  // what is wrong with the file stays wrong
        }
      });
      request.send(body);
    };
    const take = (files) => [...files].forEach((file) => { const line = document.createElement("li"); list.append(line); send(file, line); });
    input.addEventListener("change", () => { take(input.files); input.value = ""; });
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("k-over"); });
    form.addEventListener("dragleave", () => form.classList.remove("k-over"));
    form.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("k-over"); take(event.dataTransfer.files); });
  };

  /* -- files that go with their form: what would be refused is not taken in, and that is said before anything is sent -- */
  const MB = 1024 * 1024;
  const sizes = (input) => [...input.files].reduce((sum, file) => sum + file.size, 0);
  const fits = (input) => {
    const most = Number(input.dataset.maxMb), whole = Number(input.dataset.maxWholeMb);
    const note = make("p", "k-error");
    note.setAttribute("role", "alert");
    note.hidden = true;
    input.after(note);
    input.addEventListener("change", () => {
      const others = all("input[type=file]", input.form).filter((each) => each !== input);
      let room = whole * MB - others.reduce((sum, each) => sum + sizes(each), 0);
      const taken = new DataTransfer(), left = [];
      for (const file of input.files) {
        const why = !file.size ? "是空的" : file.size > most * MB ? `超过${most}MB` : file.size > room ? `放不下：一次提交的文件合计不超过${whole}MB，请分次上传` : "";
        if (why) { left.push(`“${file.name}”${why}`); continue; }
        taken.items.add(file);
        room -= file.size;
      }
      if (left.length) input.files = taken.files;
      note.textContent = `没有选入：${left.join("；")}`;
      note.hidden = !left.length;
    });
  };

  /* -- begin ------------------------------------------------------------------------------------------------------- */
  const begin = (root) => {
    all("[data-focus]", root).forEach((element) => element.focus());
    all("[data-paste-hint]", root).forEach((hint) => { hint.hidden = false; });
    all("form[data-autosave]", root).forEach(autosave);
    all("form[data-upload]", root).forEach(upload);
    all("input[data-max-mb]", root).forEach(fits);
  };
  if (matchMedia("(max-width: 48em)").matches) all("[data-close-on-phone]").forEach((details) => { details.open = false; });
  begin(document);
  release();
  keptKeys().forEach(offer);
  toggles();
  all(".k-tabs").forEach((tabs) => {
    const chosen = one("[aria-current]", tabs)?.getBoundingClientRect();
    if (chosen) tabs.scrollLeft += chosen.left - tabs.getBoundingClientRect().left - (tabs.clientWidth - chosen.width) / 2;
  });
  addEventListener("resize", toggles);
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) begin(event.target); });
})();
