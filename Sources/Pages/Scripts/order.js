// Rows are put in order by dragging their grip, or by the arrow keys on it; without this script by the numbers.
const d=document;
const places=box=>[...box.querySelectorAll('.k-place')];
function number(box){places(box).forEach((field,i)=>{field.value=(i+1)*10})}
function tell(grip,box){
  const voice=d.querySelector('[data-order-voice]');
  const place=places(box).findIndex(field=>grip.closest('tr').contains(field))+1;
  if(voice)voice.textContent=voice.dataset.orderVoice.replace('NAME',grip.dataset.grip).replace('PLACE',place);
}
function start(){
  const box=d.querySelector('form[data-order] tbody');
  if(!box||box.dataset.ready)return;
  box.dataset.ready='1';
  box.closest('table').classList.add('k-gripped');
  for(const grip of box.querySelectorAll('.k-grip'))grip.hidden=false;
  box.addEventListener('keydown',e=>{
    const grip=e.target.closest('.k-grip');
    if(!grip||(e.key!=='ArrowUp'&&e.key!=='ArrowDown'))return;
    e.preventDefault();
    const row=grip.closest('tr'),other=e.key==='ArrowUp'?row.previousElementSibling:row.nextElementSibling;
    if(!other)return;
    e.key==='ArrowUp'?other.before(row):other.after(row);
    number(box);grip.focus();tell(grip,box);
  });
  if(!globalThis.Sortable)return;
  new Sortable(box,{
    animation:140,handle:'.k-grip',ghostClass:'k-card-ghost',
    onStart:()=>d.body.classList.add('k-dragging'),
    onEnd:e=>{d.body.classList.remove('k-dragging');number(box);tell(e.item.querySelector('.k-grip'),box)},
  });
}
start();
d.addEventListener('kehu:swap',start);
