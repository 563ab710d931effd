// Lists: choosing rows with ranges, moving with the keys, changing cells in place, a look beside the list.
const {all,on,parsed,composing,enhance}=kehu;
const d=document;
const typing=n=>n.closest?.('input:not([type=checkbox]),textarea,select,[contenteditable]');

// Which records follow each other, for «next» on a record's page: ids only, for this tab only.
function remember(){
  const ids=all('#k-results tr[data-id]').map(r=>r.dataset.id);
  if(ids.length&&!/[0-9A-Z]{13}/.test(location.pathname))sessionStorage.setItem('kehu_list',JSON.stringify({path:location.pathname,ids}));
}
remember();
d.addEventListener('kehu:swap',remember);

// A click with Shift chooses all rows in between.
let last;
on('click',e=>{
  const box=e.target;
  if(!box.matches?.('.k-pick'))return;
  if(e.shiftKey&&last?.isConnected){
    const boxes=all('.k-pick'),[a,b]=[boxes.indexOf(last),boxes.indexOf(box)].sort((x,y)=>x-y);
    boxes.slice(a,b+1).forEach(n=>{n.checked=box.checked});
    box.dispatchEvent(new Event('change',{bubbles:true}));
  }
  last=box;
});
// «All that match» takes the whole page along, so that what is meant can be seen.
on('change',e=>{
  if(e.target.dataset?.all===undefined)return;
  if(e.target.checked)all('.k-pick').forEach(n=>{n.checked=true});
  for(const n of all('[data-picked]'))if(e.target.checked)n.textContent=e.target.closest('label').textContent.trim();
});

// Moving from cell to cell.
const cellsOf=row=>[...row.cells].filter(c=>!c.classList.contains('k-pick-cell'));
function go(cell,x,y){
  const row=cell.parentElement,rows=[...row.parentElement.rows];
  const target=cellsOf(rows[rows.indexOf(row)+y]??row)[cellsOf(row).indexOf(cell)+x];
  if(!target)return false;
  focusCell(target);return true;
}
function focusCell(cell){
  if(cell.classList.contains('k-name')){cell.querySelector('a')?.focus();return}
  if(cell.tabIndex!==0)cell.tabIndex=-1;
  cell.focus();
}
const arrows={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,-1],ArrowDown:[0,1]};

on('keydown',e=>{
  if(composing(e)||e.ctrlKey||e.metaKey||e.altKey)return;
  const cell=e.target.closest?.('#k-results td'),form=e.target.closest?.('.k-cell-form');
  if(form){
    if(e.key==='Escape'){e.preventDefault();e.stopPropagation();close(form)}
    if(e.key==='Tab'){
      const fields=all('input:not([type=hidden]),select,textarea',form),edge=e.shiftKey?fields[0]:fields[fields.length-1];
      if(e.target===edge){e.preventDefault();save(form,e.shiftKey?-1:1)}
    }
    return;
  }
  if(cell&&!typing(e.target)){
    const step=arrows[e.key];
    if(step&&go(cell,...step)){e.preventDefault();return}
    if(cell.dataset.field&&e.target===cell&&(e.key==='Enter'||e.key==='F2'||e.key.length===1&&e.key!==' '&&!kehu.keysOff?.())){
      e.preventDefault();edit(cell,e.key.length===1?e.key:null);return;
    }
    if(e.key===' '){e.preventDefault();peek(cell.parentElement);return}
  }
  if(typing(e.target)||kehu.keysOff?.())return;
  const rows=all('#k-results tbody tr'),here=rows.indexOf(e.target.closest?.('tr'));
  if(e.key==='j'||e.key==='k'){
    const row=rows[here+(e.key==='j'?1:-1)];
    if(row){e.preventDefault();focusCell(row.querySelector('.k-name'));row.scrollIntoView({block:'nearest'})}
  }
  if(e.key==='x'&&here>=0){
    const box=rows[here].querySelector('.k-pick');
    if(box){box.click();e.preventDefault()}
  }
});

// On a record's page the fields are reached with Tab.
all('.k-facts dd[data-field]').forEach(n=>{n.tabIndex=0});
on('keydown',e=>{
  if(e.target.matches?.('.k-facts dd[data-field]')&&(e.key==='Enter'||e.key==='F2')&&!composing(e)){e.preventDefault();edit(e.target)}
});

// A pencil in the cell under the pointer.
const pencil=d.createElement('button');
pencil.type='button';pencil.className='k-cell-edit';pencil.tabIndex=-1;pencil.textContent='✎';pencil.setAttribute('aria-hidden','true');
on('mouseover',e=>{
  const cell=e.target.closest?.('#k-results td[data-field],.k-facts dd[data-field]');
  if(cell&&pencil.parentElement!==cell&&!cell.querySelector('form'))cell.append(pencil);
});
on('click',e=>{
  if(e.target===pencil){e.preventDefault();e.stopPropagation();edit(pencil.parentElement)}
  const cancel=e.target.closest?.('.k-cell-form [data-cancel]');
  if(cancel)close(cancel.closest('form'));
},true);
on('dblclick',e=>{
  const cell=e.target.closest?.('#k-results td[data-field],.k-facts dd[data-field]');
  if(cell&&!cell.querySelector('form')){getSelection()?.removeAllRanges();edit(cell)}
});

const kept=new WeakMap();
async function edit(cell,typed){
  const row=cell.closest('[data-href]');
  all('.k-cell-form').forEach(close);pencil.remove();
  const answer=await fetch(`${row.dataset.href}/cell?field=${encodeURIComponent(cell.dataset.field)}`,{headers:{Accept:'text/html'}}).catch(()=>null);
  const form=answer?.ok&&(await parsed(answer)).getElementById('k-cell');
  if(!form){cell.classList.add('k-shake');setTimeout(()=>cell.classList.remove('k-shake'),400);return}
  show(cell,form,typed);
}
function show(cell,form,typed){
  if(!kept.has(cell))kept.set(cell,[...cell.childNodes].filter(n=>n!==pencil));
  form.removeAttribute('id');
  cell.replaceChildren(form);cell.classList.add('k-editing');enhance(cell);
  const box=form.querySelector('[aria-invalid=true],input:not([type=hidden]):checked,input:not([type=hidden]):not([type=radio]),select,textarea')??form.querySelector('input:not([type=hidden])');
  box?.focus();
  if(typed&&box?.matches('input[type=text],input[type=tel],input[type=email],input[type=url],input:not([type])')){box.value=typed}
  else box?.select?.();
}
function close(form){
  const cell=form.closest('[data-field]');
  if(!cell||!kept.has(cell))return;
  cell.replaceChildren(...kept.get(cell));kept.delete(cell);cell.classList.remove('k-editing');focusCell(cell);
}
on('submit',e=>{
  const form=e.target;
  if(!form.matches('.k-cell-form')||!form.closest('[data-field]'))return;
  e.preventDefault();e.stopPropagation();save(form,0);
},true);
async function save(form,step){
  const cell=form.closest('[data-field]'),row=cell.closest('[data-href]');
  if(form.dataset.sent)return;
  form.dataset.sent='1';form.setAttribute('aria-busy','true');
  const body=new URLSearchParams(new FormData(form));
  const answer=await fetch(form.getAttribute('action'),{method:'POST',body,headers:{Accept:'text/html'}}).catch(()=>null);
  delete form.dataset.sent;form.removeAttribute('aria-busy');
  if(!answer){alert(navigator.onLine?'':'offline');return}
  const fresh=(await parsed(answer)).getElementById('k-cell');
  if(!fresh){location.reload();return}
  if(!answer.ok){show(cell,fresh);return}
  cell.replaceChildren(...fresh.childNodes);kept.delete(cell);cell.classList.remove('k-editing');cell.classList.add('k-new');
  setTimeout(()=>cell.classList.remove('k-new'),2000);
  row.dataset.version=fresh.dataset.version;enhance(cell);
  const cells=all('[data-field]',row),next=step?cells[cells.indexOf(cell)+step]:null;
  next?edit(next):focusCell(cell);
}

// A look at the record in a sheet at the side.
let sheet,opener;
async function peek(row){
  const link=row.querySelector('[data-peek]');
  if(!link)return;
  const answer=await fetch(link.dataset.peek,{headers:{Accept:'text/html'}}).catch(()=>null);
  const content=answer?.ok&&(await parsed(answer)).getElementById('k-peek');
  if(!content){location.assign(row.dataset.href);return}
  if(!sheet){
    sheet=d.createElement('dialog');sheet.className='k-side-sheet';d.body.append(sheet);
    sheet.addEventListener('click',e=>{if(e.target===sheet||e.target.closest('[data-cancel]'))sheet.close()});
    sheet.addEventListener('close',()=>opener?.isConnected&&focusCell(opener));
    sheet.addEventListener('keydown',e=>{
      if(!['j','k','ArrowDown','ArrowUp',' '].includes(e.key)||typing(e.target)||composing(e))return;
      e.preventDefault();
      if(e.key===' '){sheet.close();return}
      const now=opener.closest('tr'),next=e.key==='j'||e.key==='ArrowDown'?now.nextElementSibling:now.previousElementSibling;
      if(next)peek(next);
    });
  }
  opener=row.querySelector('.k-name');
  content.querySelector('h2').id='k-peek-title';sheet.setAttribute('aria-labelledby','k-peek-title');
  sheet.replaceChildren(content);enhance(sheet);
  if(!sheet.open)sheet.showModal();
  content.querySelector('h2 a').focus();
}
on('click',e=>{
  const link=e.target.closest?.('[data-peek]');
  if(!link||e.metaKey||e.ctrlKey)return;
  e.preventDefault();e.stopPropagation();peek(link.closest('tr'));
},true);

// Columns are put in order by their arrows.
on('keydown',e=>{
  const box=e.target;
  if(!box.matches?.('.k-place')||(e.key!=='ArrowUp'&&e.key!=='ArrowDown'))return;
  e.preventDefault();
  const item=box.closest('li'),other=e.key==='ArrowUp'?item.previousElementSibling:item.nextElementSibling;
  if(!other?.querySelector('.k-place'))return;
  e.key==='ArrowUp'?other.before(item):other.after(item);
  all('.k-place',item.parentElement).forEach((n,i)=>{n.value=i+1});
  box.focus();
});
