// The palette: Ctrl or ⌘ K. What is typed goes to the server, which knows pinyin and what may be seen.
const {all,parsed,composing}=kehu;
const d=document,words=d.body.dataset;
let box,input,list,timer,running,at=-1;

function build(){
  box=d.createElement('dialog');box.className='k-palette';box.setAttribute('aria-label',words.palette);
  input=d.createElement('input');input.className='k-input';input.type='text';input.placeholder=words.paletteHint;
  for(const[k,v]of Object.entries({role:'combobox','aria-expanded':'true','aria-controls':'k-palette-list','aria-autocomplete':'list','aria-label':words.palette,autocomplete:'off',spellcheck:'false',enterkeyhint:'go'}))input.setAttribute(k,v);
  list=d.createElement('div');list.id='k-palette-list';list.setAttribute('role','listbox');list.setAttribute('aria-label',words.palette);
  box.append(input,list);d.body.append(box);
  input.addEventListener('input',e=>{if(!e.isComposing)later()});
  input.addEventListener('compositionend',()=>later());
  input.addEventListener('keydown',key);
  box.addEventListener('click',e=>{if(e.target===box)box.close()});
  box.addEventListener('close',()=>{input.value='';running?.abort()});
}
function later(){clearTimeout(timer);timer=setTimeout(ask,90)}
async function ask(){
  running?.abort();running=new AbortController();
  const query=new URLSearchParams({q:input.value.trim()});
  if(!query.get('q')){query.delete('q');try{query.set('recent',(JSON.parse(localStorage.getItem('kehu_recent'))??[]).join(','))}catch{}}
  try{
    const answer=await fetch('/palette?'+query,{signal:running.signal,headers:{Accept:'text/html'}});
    const fresh=answer.ok&&!answer.redirected?(await parsed(answer)).getElementById('k-palette-list'):null;
    if(!fresh){location.assign('/search?q='+encodeURIComponent(input.value));return}
    list.replaceWith(fresh);list=fresh;choose(0);
  }catch(e){if(e.name!=='AbortError')throw e}
}
const options=()=>all('[role=option]',list);
function choose(index){
  const items=options();
  if(!items.length){at=-1;input.removeAttribute('aria-activedescendant');return}
  at=(index+items.length)%items.length;
  items.forEach((n,i)=>n.setAttribute('aria-selected',i===at?'true':'false'));
  input.setAttribute('aria-activedescendant',items[at].id);items[at].scrollIntoView({block:'nearest'});
}
function key(e){
  if(composing(e))return;
  if(e.key==='ArrowDown'||e.key==='ArrowUp'){e.preventDefault();choose(at+(e.key==='ArrowDown'?1:-1))}
  if(e.key==='Enter'){
    e.preventDefault();
    if(e.timeStamp-kehu.composedAt()<40)return;
    const item=options()[at];
    if(!item)return;
    if(e.ctrlKey||e.metaKey)open(item.href);else location.assign(item.href);
    box.close();
  }
}
export function show(){
  if(!box)build();
  if(box.open){box.close();return}
  box.showModal();input.focus();ask();
}
