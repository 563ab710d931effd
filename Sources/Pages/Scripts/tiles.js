// The tiles of a dashboard are dragged to their places; their buttons do the same without a mouse.
const {swap}=kehu,d=document;
async function move(box,from,to){
  const form=box.children[to]?.querySelector('.k-tile-tools');
  if(from===to||!form)return;
  const body=new URLSearchParams(new FormData(form));
  body.set('_action','move');body.set('to',to);
  box.setAttribute('aria-busy','true');
  // What was moved is kept even if the person goes on at once.
  const answer=await fetch(form.action,{method:'POST',body,keepalive:true}).catch(()=>null);
  answer?.ok?swap(location.href,box.id,false):location.reload();
}
function start(){
  const box=d.querySelector('[data-tiles]');
  if(!box||box.dataset.ready||!globalThis.Sortable)return;
  box.dataset.ready='1';
  new Sortable(box,{
    animation:140,delay:180,delayOnTouchOnly:true,handle:'.k-panel-head',ghostClass:'k-card-ghost',
    onStart:()=>d.body.classList.add('k-dragging'),
    onEnd:e=>{d.body.classList.remove('k-dragging');move(box,e.oldIndex,e.newIndex)},
  });
}
start();
d.addEventListener('kehu:swap',start);
