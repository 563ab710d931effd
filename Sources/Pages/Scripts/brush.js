// A stretch of the whale curve is drawn with the mouse, a finger or the keys; the form below it does the same without.
const {all}=kehu,d=document;
function start(){
  const box=d.querySelector('[data-brush]');
  if(!box||box.dataset.ready)return;
  box.dataset.ready='1';
  const{points,digits,currency,said}=JSON.parse(box.dataset.brush),last=points.length-1,status=box.querySelector('[role=status]');
  const money=new Intl.NumberFormat(d.documentElement.lang,{style:'currency',currency,currencyDisplay:'narrowSymbol',maximumFractionDigits:0});
  const room=svg=>svg.viewBox.baseVal.width-76;
  let anchor=last,end=last,fresh=false;
  const borders=()=>[Math.min(anchor,end),Math.max(anchor,end)];
  const words=()=>{
    const[a,b]=borders().map(i=>points[i]),n=b[0]-a[0];
    return n?said.replace('{a}',a[0]+1).replace('{b}',b[0]).replace('{n}',n).replace('{sum}',money.format((b[1]-a[1])/10**digits)):'';
  };
  function draw(){
    const[low,high]=borders();
    for(const svg of all('.k-chart-plot svg',box)){
      let mark=svg.querySelector('.k-brush-mark');
      if(!mark){
        mark=d.createElementNS('http://www.w3.org/2000/svg','rect');
        mark.setAttribute('class','k-brush-mark');mark.setAttribute('y',12);mark.setAttribute('height',194);svg.prepend(mark);
      }
      mark.setAttribute('x',64+room(svg)*low/last);mark.setAttribute('width',room(svg)*(high-low)/last);
    }
    status.textContent=words();
  }
  function apply(){
    const[low,high]=borders(),form=d.getElementById('k-brush-form');
    if(low===high||!form)return;
    form.elements.first.value=points[low][0]+1;form.elements.last.value=points[high][0];form.requestSubmit();
  }
  for(const plot of all('.k-chart-plot',box)){
    const svg=plot.querySelector('svg');
    const place=e=>{
      const r=svg.getBoundingClientRect(),x=(e.clientX-r.left)/r.width*svg.viewBox.baseVal.width-64;
      return Math.max(0,Math.min(last,Math.round(x/room(svg)*last)));
    };
    let from=null,moved=false;
    plot.tabIndex=0;plot.setAttribute('role','application');plot.setAttribute('aria-label',box.dataset.how);
    svg.addEventListener('pointerdown',e=>{if(e.button)return;from=e.clientX;moved=fresh=false;anchor=end=place(e)});
    svg.addEventListener('pointermove',e=>{
      if(from===null)return;
      if(!moved&&Math.abs(e.clientX-from)<5)return;
      if(!moved){moved=true;svg.setPointerCapture(e.pointerId)}
      end=place(e);draw();
    });
    svg.addEventListener('pointerup',()=>{if(from!==null&&moved)apply();from=null});
    svg.addEventListener('pointercancel',()=>{from=null});
    // What ends a drag is no click on a point of the curve.
    svg.addEventListener('click',e=>{if(moved){e.preventDefault();e.stopPropagation();moved=false}},true);
    svg.addEventListener('dragstart',e=>e.preventDefault());
    plot.addEventListener('keydown',e=>{
      const step={ArrowLeft:-1,ArrowRight:1,PageUp:-10,PageDown:10,Home:-last,End:last}[e.key];
      if(step){
        e.preventDefault();
        if(!e.shiftKey){end=Math.max(1,Math.min(last,end+step));anchor=end-1;fresh=true}
        else{
          // What grows to the left keeps its right border.
          if(fresh&&step<0)[anchor,end]=[end,anchor];
          fresh=false;end=Math.max(0,Math.min(last,end+step));
        }
        draw();
      }else if(e.key==='Enter'&&e.target===plot){e.preventDefault();apply()}
    });
  }
}
start();
d.addEventListener('kehu:swap',start);
