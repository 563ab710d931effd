const d=document,root=d.documentElement,words=d.body.dataset;
const policy=globalThis.trustedTypes?trustedTypes.createPolicy('kehu',{createHTML:s=>s,createScriptURL:s=>s}):{createHTML:s=>s,createScriptURL:s=>s};
const parsed=async a=>new DOMParser().parseFromString(policy.createHTML(await a.text()),'text/html');
const all=(s,n=d)=>[...n.querySelectorAll(s)];
const on=(type,fn,o)=>d.addEventListener(type,fn,o);
const composing=e=>e.isComposing||e.keyCode===229;
let gone=0;
const keysOff=()=>words.keys==='off';
let composed=0;

// Enter that confirms a candidate of an input method never submits. Safari ends the composition before the key.
on('compositionend',()=>{composed=performance.now()},true);
on('keydown',e=>{
  if(e.key==='Enter'&&e.target.matches?.('input')&&(composing(e)||performance.now()-composed<40)){e.preventDefault();e.stopPropagation()}
},true);

// Lists follow what is typed, 180 ms after the last key.
let timer,running;
async function refresh(form){
  running?.abort();running=new AbortController();
  const query=new URLSearchParams(new FormData(form));
  for(const[k,v]of[...query])if(!v)query.delete(k);
  const text=query.toString(),url=form.getAttribute('action')+(text?'?'+text:'');
  const target=d.getElementById(form.dataset.live);
  if(!target)return;
  target.setAttribute('aria-busy','true');
  try{
    const answer=await fetch(url,{signal:running.signal,headers:{Accept:'text/html'}});
    if(answer.redirected||!answer.ok&&answer.status!==400&&answer.status!==422){location.assign(url);return}
    const page=await parsed(answer);
    const fresh=page.getElementById(form.dataset.live);
    if(!fresh){location.assign(url);return}
    target.replaceWith(fresh);
    d.title=page.title;history.replaceState(null,'',url);left();swapped(fresh);
  }catch(e){if(e.name!=='AbortError')target.removeAttribute('aria-busy')}
}
const later=form=>{clearTimeout(timer);timer=setTimeout(()=>refresh(form),180)};
on('input',e=>{
  const form=e.target.form;
  if(form?.dataset.live&&e.target.type==='search'&&!e.isComposing)later(form);
  if(e.target.dataset.suggest&&!e.isComposing)suggest(e.target);
  if(e.target.dataset.narrow)narrow(e.target);
  shown();
});
on('compositionend',e=>{
  const form=e.target.form;
  if(form?.dataset.live&&e.target.type==='search')later(form);
  if(e.target.dataset?.suggest)suggest(e.target);
});
on('change',e=>{
  const box=e.target;
  if(box.form?.dataset.live&&box.matches('select'))refresh(box.form);
  if(box.dataset.pickAll!==undefined)all('.k-pick').forEach(b=>{b.checked=box.checked});
  if(box.dataset.submit!==undefined)box.form.requestSubmit();
  picked();shown();
});

// A link or form that changes a part of the page: the part comes from the same address as the whole page would.
const place=()=>location.pathname+location.search;
let here=place();
const left=()=>here!==(here=place());
const swapped=node=>{enhance(node);d.dispatchEvent(new CustomEvent('kehu:swap',{detail:node}))};
async function swap(url,id,push=true,latest){
  const target=d.getElementById(id);
  if(!target){location.assign(url);return}
  running?.abort();running=new AbortController();target.setAttribute('aria-busy','true');
  try{
    const answer=await fetch(url,{signal:running.signal,headers:{Accept:'text/html',...(latest?{'X-Kehu-Position':'latest'}:{})}});
    const page=answer.headers.get('content-type')?.startsWith('text/html')?await parsed(answer):null,fresh=page?.getElementById(id);
    if(!fresh){location.assign(answer.url);return}
    const{id:was,name}=d.activeElement??{},focus=was?'#'+was:name&&target.contains(d.activeElement)?`[name="${name}"]:not([type=hidden])`:'.k-none';
    target.replaceWith(fresh);d.title=page.title;
    if(push&&answer.url!==location.href)history.pushState({part:id},'',answer.url);
    left();
    swapped(fresh);
    (fresh.querySelector('.k-editor input:not([type=hidden]):not([hidden]),.k-editor a')??d.querySelector(focus))?.focus();
  }catch(e){if(e.name!=='AbortError')location.assign(url)}
}
// A link within the page is no other page.
addEventListener('popstate',()=>{if(!left())return;const id=all('#k-list,#k-board')[0]?.id;id?swap(location.href,id,false):location.reload()});
on('submit',e=>{
  const form=e.target,id=form.dataset.swapForm;
  if(!id||e.defaultPrevented)return;
  e.preventDefault();
  const query=new URLSearchParams(new FormData(form,e.submitter));
  for(const[k,v]of[...query])if(!v)query.delete(k,v);
  swap(form.getAttribute('action')+'?'+query,id);
});
// Narrows a list of links while a word of it is typed.
function narrow(box){
  const word=box.value.trim().toLowerCase();
  for(const item of all(box.dataset.narrow))item.hidden=!item.textContent.toLowerCase().includes(word);
}

// Names of records while they are typed.
let waiting;
function suggest(input){
  clearTimeout(waiting);
  const text=input.value.trim(),list=input.list;
  if(!text||!list)return;
  waiting=setTimeout(async()=>{
    const answer=await fetch(input.dataset.suggest+encodeURIComponent(text),{headers:{Accept:'application/json'}}).catch(()=>null);
    if(!answer?.ok)return;
    const rows=(await answer.json()).data??[];
    list.replaceChildren(...rows.map(row=>{
      const option=d.createElement('option');
      option.value=row[input.dataset.suggestName]??row.name??row.id;return option}));
  },180);
}

// A warning of duplicates while somebody types: of several answers on the way the last question counts.
let typing,asked=0;
async function alike(f){
  clearTimeout(typing);
  if(!f?.dataset.check)return;
  const mine=++asked;
  const a=await fetch(f.dataset.check,{method:'POST',body:new URLSearchParams(new FormData(f))}).catch(()=>0);
  if(!a?.ok||mine!==asked)return;
  f.querySelector('#k-duplicates').replaceWith((await parsed(a)).getElementById('k-duplicates'));
}
on('change',({target:{form:f}})=>alike(f));
on('input',({target:{form:f}})=>{
  if(f?.dataset.check){clearTimeout(typing);typing=setTimeout(alike,600,f)}
});

// Fields that belong to one choice.
function shown(){
  for(const box of all('[data-shown-when]')){
    const[name,keys]=box.dataset.shownWhen.split(':'),form=box.closest('form');
    if(!form)continue;
    const value=new FormData(form).getAll(name);
    box.hidden=!keys.split(',').some(k=>value.includes(k));
  }
}
function picked(){
  const count=all('.k-pick:checked').length;
  for(const box of all('[data-picked]'))box.textContent=box.dataset.picked.replace('{n}',count);
}

// Relative times for the last week; the exact time stays in the tooltip.
const relative=new Intl.RelativeTimeFormat(root.lang,{numeric:'auto'});
function times(node=d){
  for(const t of all('time[data-relative]',node)){
    const seconds=(new Date(t.dateTime)-Date.now())/1000,size=Math.abs(seconds);
    t.title||=t.textContent;
    if(size<604800)t.textContent=size<60?relative.format(0,'minute'):size<3600?relative.format(Math.round(seconds/60),'minute')
      :size<86400?relative.format(Math.round(seconds/3600),'hour'):relative.format(Math.round(seconds/86400),'day');
  }
}
function enhance(node=d){
  times(node);
  all('[data-needs-script]',node).forEach(n=>{n.hidden=false});
  shown();picked();
}

// Who checks in may have the place noted: the browser asks, and without an answer it goes on without.
on('submit',e=>{
  const form=e.target,wish=form.elements?.with_place,geo=navigator.geolocation;
  if(form.dataset.place===undefined||form.dataset.placed||!geo||wish&&!wish.checked)return;
  e.preventDefault();e.stopPropagation();form.dataset.placed='1';
  const send=()=>form.requestSubmit(e.submitter);
  geo.getCurrentPosition(({coords:c})=>{for(const k of['latitude','longitude','accuracy'])form.elements[k].value=c[k];send()},send,{timeout:8000,maximumAge:60000,enableHighAccuracy:true});
},true);
// A timer that runs tells how long.
function clocks(){
  for(const n of all('[data-since]')){
    const s=Math.max(0,Math.floor((Date.now()-n.dataset.since)/1000)),two=x=>String(x).padStart(2,'0');
    n.textContent=Math.floor(s/3600)+':'+two(Math.floor(s/60)%60)+':'+two(s%60);
  }
}
if(d.querySelector('[data-since]')){clocks();setInterval(clocks,1000)}

on('submit',e=>{
  const form=e.target,button=e.submitter,ask=button?.dataset.confirm??form.dataset.confirm;
  if(ask&&!confirm(ask)){e.preventDefault();return}
  if(button?.name==='theme'){
    e.preventDefault();
    d.cookie='kehu_theme='+button.value+';path=/;max-age=31536000;samesite=lax'+(location.protocol==='https:'?';secure':'');
    button.value==='system'?delete root.dataset.theme:root.dataset.theme=button.value;
    all('button[name=theme]').forEach(b=>b.setAttribute('aria-pressed',b.value===button.value));
    return;
  }
  if(form.getAttribute('method')==='post'){
    // A second click does not send the form again.
    if(form.dataset.sent){e.preventDefault();return}
    form.dataset.sent='1';form.setAttribute('aria-busy','true');
  }
});
addEventListener('pageshow',e=>{all('form[data-sent]').forEach(f=>{delete f.dataset.sent;f.removeAttribute('aria-busy')});if(e.persisted)enhance()});

on('click',async e=>{
  for(const menu of all('details[data-menu][open]'))if(!menu.contains(e.target))menu.open=false;
  const fill=e.target.closest?.('[data-fill]'),box=fill&&d.getElementById(fill.dataset.fill);
  if(box){box.value=fill.value;box.dispatchEvent(new Event('change',{bubbles:true}));box.focus();return}
  const copy=e.target.closest?.('[data-copy]');
  if(copy){
    try{await navigator.clipboard.writeText(copy.dataset.copy)}
    catch{getSelection().selectAllChildren(d.getElementById(copy.dataset.copyFrom)??copy);return}
    const old=copy.textContent;copy.textContent=words.copied;setTimeout(()=>{copy.textContent=old},1500);
    return;
  }
  if(e.target.closest?.('[data-print]')){print();return}
  if(e.target.closest?.('[data-palette-open]')){e.preventDefault();openPalette();return}
  const part=e.target.closest?.('a[data-swap]');
  if(part&&!e.defaultPrevented&&!e.metaKey&&!e.ctrlKey&&!e.shiftKey&&e.button===0&&d.getElementById(part.dataset.swap)){
    e.preventDefault();swap(part.href,part.dataset.swap);return;
  }
  const row=e.target.closest?.('tr[data-href]');
  if(row&&!e.target.closest('a,button,input,label,select,summary,form')&&!String(getSelection()))
    e.metaKey||e.ctrlKey?open(row.dataset.href):location.assign(row.dataset.href);
});
on('keydown',e=>{
  if(composing(e))return;
  if(e.key==='Escape')for(const menu of all('details[data-menu][open]')){menu.open=false;menu.querySelector('summary').focus()}
  if(e.key==='/'&&!e.ctrlKey&&!e.metaKey&&!e.altKey&&!e.target.closest('input,textarea,select,[contenteditable]')){
    const box=d.getElementById('k-search');if(box){e.preventDefault();box.focus();box.select()}
  }
  if((e.ctrlKey||e.metaKey)&&!e.shiftKey&&!e.altKey&&e.key.toLowerCase()==='k'&&words.paletteJs){e.preventDefault();openPalette();return}
  const free=e.key.length===1&&!e.ctrlKey&&!e.metaKey&&!e.altKey&&!keysOff()&&words.paletteJs&&!e.target.closest('input:not([type=checkbox]),textarea,select,[contenteditable],dialog');
  if(free&&e.key==='?'){e.preventDefault();openKeys();return}
  if(free&&gone&&performance.now()-gone<1200){
    gone=0;
    const to={h:'/',c:'/customers',o:'/opportunities',l:'/leads',a:'/activities',s:'/settings'}[e.key];
    if(to){e.preventDefault();location.assign(to);return}
  }
  gone=free&&e.key==='g'?performance.now():0;
  // A letter presses what carries it, unless somebody is writing or has switched letters off.
  if(e.key.length===1&&!e.ctrlKey&&!e.metaKey&&!e.altKey&&!keysOff()&&!e.target.closest('input:not([type=checkbox]),textarea,select,[contenteditable],dialog')){
    const target=all('[data-key]').find(n=>n.dataset.key===e.key&&!n.closest('[hidden]')&&(!n.matches('a')||n.href));
    if(target){e.preventDefault();target.click()}
  }
  if(e.key==='Enter'&&(e.ctrlKey||e.metaKey)&&e.target.matches('textarea')){e.preventDefault();e.target.form?.requestSubmit()}
});
// What the scripts of single pages share.
globalThis.kehu={keysOff,composedAt:()=>composed,all,on,parsed,composing,swap,enhance,policy};

// From record to record of the list that it was opened from.
function steps(){
  const box=d.querySelector('[data-steps]');
  if(!box)return;
  let list;try{list=JSON.parse(sessionStorage.getItem('kehu_list'))}catch{return}
  const parts=location.pathname.split('/'),at=list?.path==='/'+parts[1]?list.ids.indexOf(parts[2]):-1;
  if(at<0)return;
  const[before,after]=all('a',box);
  [[before,list.ids[at-1]],[after,list.ids[at+1]]].forEach(([link,id])=>{if(id)link.href=list.path+'/'+id;else link.hidden=true});
  box.hidden=false;
}
steps();
// Which records were opened last: their ids only, for the palette.
const record=/^\/([a-z_0-9]+)\/([0-9A-Z]{13})$/.exec(location.pathname);
if(record)try{
  const now=record[1]+'/'+record[2],old=JSON.parse(localStorage.getItem('kehu_recent'))??[];
  localStorage.setItem('kehu_recent',JSON.stringify([now,...old.filter(n=>n!==now)].slice(0,8)));
}catch{}
const openPalette=async()=>(await import(words.paletteJs)).show();
async function openKeys(){
  const answer=await fetch('/keys',{headers:{Accept:'text/html'}}).catch(()=>null),part=answer?.ok&&(await parsed(answer)).getElementById('k-keys');
  if(!part){location.assign('/keys');return}
  const box=d.createElement('dialog');box.className='k-keys-dialog';box.setAttribute('aria-label',part.querySelector('h1').textContent);
  box.append(part);d.body.append(box);box.addEventListener('close',()=>box.remove());
  box.addEventListener('click',e=>{if(e.target===box)box.close()});box.showModal();
}
// A page that waits for work to end looks again by itself.
if(d.querySelector('[data-again]'))setTimeout(()=>location.reload(),1000);
enhance();
// On a phone the program stays among the apps; without a connection a page says so.
if(words.paletteJs&&navigator.serviceWorker)addEventListener('load',()=>navigator.serviceWorker.register(policy.createScriptURL('/worker.js')).catch(()=>{}));
d.querySelector('.k-summary')?.focus();
