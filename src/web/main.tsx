// Where the page begins: the stylesheets, one client for the hub, one tree.

import './styles/console.css';
import './styles/additions.css';
import './styles/print.css';
import { render } from 'preact';
import { createApi } from './api.ts';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root !== null) render(<App api={createApi(fetch.bind(globalThis))} />, root);
