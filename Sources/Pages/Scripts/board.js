// Boards: cards are dragged with the mouse, by touch or moved with the keys. A card moves at once; the answer corrects
// the figures, a refusal puts it back and says why.
const {all,on,parsed,composing,enhance}=kehu;
const d=document;
const say=text=>{const n=d.getElementById('k-board-said');if(n)n.textContent=text};

function toast(text,href,word){
  const box=d.createElement('div');
  box.className='k-toast k-flash k-flash-bad';box.setAttribute('role','alert');
  const p=d.createElement('p');p.textContent=text;box.append(p);
  if(href){const a=d.createElement('a');a.className='k-btn k-btn-small';a.href=href;a.textContent=word;box.append(a)}
  d.body.append(box);setTimeout(()=>box.remove(),href?12000:6000);
}

async function move(card,lane,from,before){
  const board=card.closest('[data-board]'),form=card.querySelector('form');
  if(!form||lane===from)return;
  const body=new URLSearchParams(new FormData(form));
  body.set(board.dataset.board,lane.dataset.lane);body.set('_version',card.dataset.version);body.set('_part','1');
  card.setAttribute('aria-busy','true');
  const answer=await fetch(card.dataset.action,{method:'POST',body,keepalive:true,headers:{Accept:'text/html'}}).catch(()=>null);
  card.removeAttribute('aria-busy');
  if(!answer?.ok){
    before?.parentElement===from?before.before(card):from.append(card);
    let told={};try{told=await answer.json()}catch{}
    toast(told.message??(navigator.onLine?d.title:'offline'),told.edit,told.word);
    return;
  }
  const page=await parsed(answer);
  for(const head of all('header[id^=k-head-]',page))d.getElementById(head.id)?.replaceWith(head);
  const fresh=page.getElementById(card.id);
  if(fresh){card.replaceWith(fresh);enhance(fresh);fresh.classList.add('k-new');mark();fresh.querySelector('a').focus({preventScroll:true})}
  say(`${card.querySelector('a').textContent} → ${lane.dataset.label}`);
}

function start(){
  mark();
  if(!globalThis.Sortable)return;
  for(const lane of all('[data-lane]')){
    if(lane.dataset.ready)continue;
    lane.dataset.ready='1';
    let next;
    new Sortable(lane,{
      group:'board',sort:false,animation:140,delay:180,delayOnTouchOnly:true,draggable:'.k-card[data-action]',filter:'details',
      preventOnFilter:false,ghostClass:'k-card-ghost',
      onStart:e=>{next=e.item.nextElementSibling;d.body.classList.add('k-dragging')},
      onEnd:e=>{d.body.classList.remove('k-dragging');mark();move(e.item,e.to,e.from,next)},
    });
  }
}
function mark(){for(const lane of all('[data-lane]'))lane.classList.toggle('k-lane-empty',!lane.querySelector('.k-card'))}
start();
d.addEventListener('kehu:swap',start);

on('keydown',e=>{
  if(composing(e))return;
  const card=e.target.closest?.('.k-card');
  if(!card)return;
  const lanes=all('[data-lane]'),here=lanes.indexOf(card.parentElement);
  if(e.altKey&&(e.key==='ArrowLeft'||e.key==='ArrowRight')&&card.dataset.action){
    const lane=lanes[here+(e.key==='ArrowLeft'?-1:1)];
    e.preventDefault();
    if(!lane)return;
    const from=card.parentElement,next=card.nextElementSibling;
    lane.prepend(card);card.querySelector('a').focus();mark();move(card,lane,from,next);
    return;
  }
  if(e.altKey||e.ctrlKey||e.metaKey||e.target.closest('details[open]'))return;
  if(e.key==='m'&&!kehu.keysOff()){
    const menu=card.querySelector('details');
    if(menu){e.preventDefault();menu.open=true;menu.querySelector('button').focus()}
  }
  const step={ArrowDown:[0,1],ArrowUp:[0,-1],ArrowRight:[1,0],ArrowLeft:[-1,0]}[e.key];
  if(step){
    const cards=[...card.parentElement.children],row=cards.indexOf(card);
    const column=lanes[here+step[0]]??card.parentElement;
    const target=step[1]?cards[row+step[1]]:column.children[Math.min(row,column.children.length-1)];
    if(target){e.preventDefault();target.querySelector('a').focus()}
  }
});
// The menu moves without leaving the page.
on('submit',e=>{
  const card=e.target.closest?.('.k-card');
  if(!card||!e.submitter?.value)return;
  const lane=all('[data-lane]').find(n=>n.dataset.lane===e.submitter.value);
  if(!lane)return;
  e.preventDefault();e.stopPropagation();
  const from=card.parentElement,next=card.nextElementSibling;
  card.querySelector('details').open=false;lane.prepend(card);mark();move(card,lane,from,next);
},true);
