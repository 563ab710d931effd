// The page for when there is no connection, and the files that pages need. Nothing of customers is ever kept.
const name='kehu-VERSION',offline='/offline',files=FILES;
addEventListener('install',e=>e.waitUntil(caches.open(name).then(c=>c.addAll([offline,...files])).then(()=>skipWaiting())));
addEventListener('activate',e=>e.waitUntil(caches.keys()
  .then(keys=>Promise.all(keys.filter(k=>k.startsWith('kehu-')&&k!==name).map(k=>caches.delete(k)))).then(()=>clients.claim())));
addEventListener('fetch',e=>{
  const request=e.request,url=new URL(request.url);
  if(request.method!=='GET'||url.origin!==location.origin)return;
  if(files.includes(url.pathname))e.respondWith(caches.match(url.pathname).then(found=>found??fetch(request)));
  else if(request.mode==='navigate')e.respondWith(fetch(request).catch(()=>caches.match(offline)));
});
