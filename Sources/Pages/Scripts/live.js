// What others change appears by itself: a list or record is fetched again, unless somebody is just working in it or may
// still undo what was done.
const {all,on,swap}=kehu,d=document,words=d.body.dataset;
const parts=location.pathname.split('/'),record=/^[0-9A-Z]{13}$/.test(parts[2]??'')?parts[2]:'';
// A page made of several objects names them, and how many seconds it rests between two looks.
const own=d.querySelector('[data-follow]'),pause=(own?.dataset.followPause??0)*1000;
const target=own?.id??(record?'main':'k-results');
let source,missed=false,due;
function busy(){
  const box=d.getElementById(target);
  if(!box||d.querySelector('dialog[open],.k-flash form,.k-editing,.k-dragging,details[data-menu][open],.k-pick:checked'))return true;
  // Who moves by keys would lose the place.
  if(d.activeElement&&d.activeElement!==box&&box.contains(d.activeElement))return true;
  return all('input,textarea',box).some(f=>f.type==='checkbox'||f.type==='radio'?f.checked!==f.defaultChecked:f.type!=='hidden'&&f.value!==f.defaultValue);
}
function show(){d.querySelector('.k-live')?.remove();swap(location.href,target,false,true)}
function changed(){
  if(!pause){now();return}
  due??=setTimeout(()=>{due=null;now()},pause);
}
function now(){
  if(!busy()){show();return}
  if(d.querySelector('.k-live'))return;
  const bar=d.createElement('div');bar.className='k-flash k-flash-info k-live';bar.setAttribute('role','status');
  const text=d.createElement('p');text.textContent=words.live;
  const button=d.createElement('button');button.type='button';button.className='k-btn k-btn-small';button.textContent=words.liveShow;
  button.addEventListener('click',show);bar.append(text,button);d.body.append(bar);
}
function open(){
  if(source||d.hidden)return;
  source=new EventSource('/live?object='+(own?.dataset.follow??parts[1])+(record?'&id='+record:''));
  source.addEventListener('change',changed);
}
on('visibilitychange',()=>{
  if(d.hidden){source?.close();source=null;missed=true}
  else{open();if(missed){missed=false;changed()}}
});
addEventListener('pagehide',()=>{source?.close();source=null});
addEventListener('pageshow',e=>{if(e.persisted){open();changed()}});
open();
