// State, navigation, keyboard and the refresh every two seconds.
import * as api from './api.js';
import * as detail from './detail.js';
import * as views from './views.js';
import { byId, make, notice, shortDay } from './dom.js';

const refreshMilliseconds = 2000;
const kinds = { calendar: 'appointment', tasks: 'task', contacts: 'contact' };
const titles = { calendar: 'Calendar', tasks: 'Tasks', contacts: 'Contacts' };
const state = {
  rep: '',
  view: 'tasks',
  folder: '',
  chosen: '',
  week: 0,
  limit: 100,
  sequence: -1,
  folders: [],
  items: [],
  total: 0,
};

function readAddress() {
  const values = new URLSearchParams(location.hash.slice(1));
  state.rep = values.get('rep') || state.rep;
  state.view = values.get('view') || 'tasks';
  state.folder = values.get('folder') || '';
  if (!kinds[state.view] && state.view !== 'folder') state.view = 'tasks';
}

function writeAddress() {
  const values = new URLSearchParams({ rep: state.rep, view: state.view });
  if (state.view === 'folder') values.set('folder', state.folder);
  history.replaceState(null, '', '#' + values);
}

/** Folders of mail, each followed by what is below it. */
function mailFolders() {
  const isMail = (one) => (one.class || 'IPF.Note').startsWith('IPF.Note');
  const shown = state.folders.filter((one) => !one.path.startsWith('/') && isMail(one));
  const known = new Set(shown.map((one) => one.id));
  const below = (parent) =>
    shown.filter((one) => one.parent_id === parent).flatMap((one) => [one, ...below(one.id)]);
  return shown.filter((one) => !known.has(one.parent_id)).flatMap((one) => [one, ...below(one.id)]);
}

function navButton(name, count, current, onclick, depth = 0) {
  return make(
    'li',
    { class: 'depth-' + Math.min(depth, 3) },
    make(
      'button',
      { type: 'button', 'aria-current': current ? 'page' : undefined, onclick, title: name },
      make('span', { class: 'name' }, name),
      make('span', { class: 'count' }, count ? String(count) : ''),
    ),
  );
}

function keepFocus(container, render) {
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const id = focused && focused.dataset.id;
  const label = focused && !id && focused.textContent;
  render();
  if (id) container.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  else if (label)
    [...container.querySelectorAll('button')]
      .find((one) => one.textContent === label)
      ?.focus({ preventScroll: true });
}

function renderNav() {
  const count = (distinguished) => state.folders.find((one) => one.distinguished_id === distinguished)?.total;
  keepFocus(byId('views'), () =>
    byId('views').replaceChildren(
      ...Object.keys(titles).map((view) =>
        navButton(titles[view], count(view), state.view === view, () => go(view)),
      ),
    ),
  );
  keepFocus(byId('folders'), () =>
    byId('folders').replaceChildren(
      ...mailFolders().map((one) =>
        navButton(
          one.display_name,
          one.total,
          state.view === 'folder' && state.folder === one.id,
          () => go('folder', one.id),
          one.path.split('/').length - 1,
        ),
      ),
    ),
  );
}

function renderList() {
  const handlers = {
    open: choose,
    complete: completeRow,
    more: () => {
      state.limit += 200;
      refresh(true);
    },
  };
  const list = byId('list');
  const scrolled = list.scrollTop;
  keepFocus(list, () =>
    list.replaceChildren(
      state.view === 'folder'
        ? views.folder(state.items, state, handlers, state.total)
        : views[state.view](state.items, state, handlers),
    ),
  );
  list.scrollTop = scrolled;
  const folder = state.folders.find((one) => one.id === state.folder);
  byId('title').textContent = titles[state.view] || (folder ? folder.display_name : 'Folder');
  byId('add').hidden = state.view === 'folder';
  renderTools();
}

function renderTools() {
  if (state.view !== 'calendar') {
    byId('tools').replaceChildren(make('span', {}, state.total === 1 ? '1 item' : `${state.total} items`));
    return;
  }
  const first = views.weekStart(state.week);
  const last = new Date(first.getFullYear(), first.getMonth(), first.getDate() + 6);
  const step = (text, label, week) =>
    make(
      'button',
      {
        type: 'button',
        class: 'plain small',
        'aria-label': label,
        onclick: () => {
          state.week = week();
          renderList();
        },
      },
      text,
    );
  keepFocus(byId('tools'), () =>
    byId('tools').replaceChildren(
      step('‹', 'Week before', () => state.week - 1),
      step('This week', 'This week', () => 0),
      step('›', 'Week after', () => state.week + 1),
      make('span', {}, `${shortDay(first)} – ${shortDay(last)}`),
    ),
  );
}

async function choose(item) {
  if (detail.isDirty() && !confirm('Drop the changes that are not saved?')) return;
  state.chosen = item.id;
  renderList();
  await detail.open(state.rep, item.id);
}

async function completeRow(item) {
  try {
    await api.act(state.rep, 'complete', item.id);
    notice('Completed.');
    await refresh(true);
  } catch (error) {
    notice(error.message, true);
  }
}

function go(view, folder = '') {
  if (detail.isDirty() && !confirm('Drop the changes that are not saved?')) return;
  Object.assign(state, { view, folder, chosen: '', limit: 100, items: [], total: 0 });
  detail.close();
  writeAddress();
  byId('list').scrollTop = 0;
  refresh(true);
}

async function fetchItems() {
  if (state.view === 'folder') {
    return api.items(state.rep, { folder: state.folder, order: 'newest', limit: state.limit });
  }
  return api.items(state.rep, { kind: kinds[state.view], limit: 1000 });
}

let running = false;
let again = false;
async function refresh(force = false) {
  if (running) {
    again = again || force;
    return;
  }
  running = true;
  const { rep, view, folder } = state;
  try {
    const known = await api.folders(rep);
    if (force || known.sequence !== state.sequence) {
      state.folders = known.folders;
      const found = await fetchItems();
      if (rep === state.rep && view === state.view && folder === state.folder) {
        Object.assign(state, { sequence: known.sequence, items: found.items, total: found.total });
        renderNav();
        renderList();
        await detail.refreshed(rep);
      }
    }
    const sent = await api.outbox();
    byId('sent').textContent = sent.count === 0 ? 'No mail sent' : `${sent.count} mails would have been sent`;
    byId('sent').className = sent.count === 0 ? '' : 'some';
    byId('pulse').textContent = 'Updated ' + new Date().toLocaleTimeString();
  } catch (error) {
    byId('pulse').textContent = error.message;
    if (error.status === 404 && view === 'folder')
      Object.assign(state, { view: 'tasks', folder: '', sequence: -1 });
  }
  running = false;
  if (again) {
    again = false;
    await refresh(true);
  }
}

async function loadReps() {
  const { users } = await api.users();
  byId('rep').replaceChildren(
    ...users.map((user) =>
      make('option', { value: user.address }, `${user.display_name || user.address} (${user.address})`),
    ),
  );
  if (!users.some((user) => user.address === state.rep)) state.rep = users.length > 0 ? users[0].address : '';
  byId('rep').value = state.rep;
}

function startNew() {
  if (state.view === 'folder') return;
  if (detail.isDirty() && !confirm('Drop the changes that are not saved?')) return;
  state.chosen = '';
  renderList();
  detail.startNew(state.rep, kinds[state.view], state.view);
}

function moveFocus(step) {
  const rows = [...byId('list').querySelectorAll('.open')];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))].focus();
}

function onKey(event) {
  const typing = event.target.matches('input, textarea, select');
  if (event.key === 'Escape' && !detail.isDirty()) {
    detail.close();
    moveFocus(0);
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  if (steps[event.key]) moveFocus(steps[event.key]);
  else if (event.key === 'n') startNew();
  else if (event.key === 'c') detail.completeShown();
  else if (event.key === 'Delete') detail.removeShown();
  else return;
  event.preventDefault();
}

async function main() {
  detail.start({
    changed: (id) => {
      if (id !== undefined) state.chosen = id || '';
      refresh(true);
    },
    closed: () => {
      state.chosen = '';
      renderList();
    },
    folders: mailFolders,
  });
  readAddress();
  await loadReps();
  writeAddress();
  byId('rep').addEventListener('change', () => {
    state.rep = byId('rep').value;
    state.sequence = -1;
    go(state.view === 'folder' ? 'tasks' : state.view);
  });
  byId('add').addEventListener('click', startNew);
  addEventListener('keydown', onKey);
  addEventListener('hashchange', () => {
    readAddress();
    byId('rep').value = state.rep;
    refresh(true);
  });
  await refresh(true);
  setInterval(() => {
    if (!document.hidden) refresh();
  }, refreshMilliseconds);
}

main().catch((error) => notice(error.message, true));
