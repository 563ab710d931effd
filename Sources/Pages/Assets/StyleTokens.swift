extension StyleSheet {
    /// Colours, sizes and times, and plain elements. Every pair of text and ground is at least 4.5 : 1.
    static let tokens = """
        @layer reset{
        *,*::before,*::after{box-sizing:border-box}
        body,h1,h2,h3,h4,p,ul,ol,dl,dd,figure,fieldset{margin:0;padding:0}
        ul,ol{list-style:none} fieldset{border:0;min-inline-size:0} legend{padding:0}
        button,input,select,textarea{font:inherit;color:inherit;margin:0} button{cursor:pointer}
        table{border-collapse:separate;border-spacing:0} svg{display:block} [hidden]{display:none!important}
        summary{cursor:pointer;list-style:none} summary::-webkit-details-marker{display:none}
        }
        @layer tokens{
        :root{
        color-scheme:light dark;
        --font:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,"PingFang SC","Hiragino Sans GB","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;
        --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace;
        --fs-1:.75rem;--fs-2:.8125rem;--fs-3:.875rem;--fs-4:1rem;--fs-5:1.125rem;--fs-6:1.375rem;--fs-7:1.75rem;
        --lh-tight:1.3;--lh-ui:1.45;--lh-text:1.65;
        --s-1:2px;--s-2:4px;--s-3:8px;--s-4:12px;--s-5:16px;--s-6:24px;--s-7:32px;--s-8:48px;
        --h-ctl:32px;--h-row:40px;--pad-cell:12px;
        --r-1:4px;--r-2:6px;--r-3:10px;--r-full:999px;
        --n-0:#fff;--n-1:#f9fafb;--n-2:#f2f4f7;--n-3:#e7eaef;--line:#e1e4ea;--line-strong:#858d9b;
        --fg:#1b2029;--fg-2:#4b5260;--fg-3:#666d7a;
        --accent:#2f5fd0;--accent-hover:#2450b8;--on-accent:#fff;--accent-soft:#e9f0ff;
        --ok:#1c7a3d;--ok-soft:#e3f7e8;--warn:#8a5a00;--warn-soft:#fdf1d8;--bad:#c0281f;--bad-soft:#ffebe8;
        --c1:#3b74e0;--c2:#12908c;--c3:#b57b11;--c4:#cf3556;--c5:#8a4bc0;
        --shadow-1:0 1px 2px rgb(15 23 42/.06);--shadow-2:0 16px 40px rgb(15 23 42/.18);
        --t-1:120ms;--t-2:180ms;--ease:cubic-bezier(.2,.8,.2,1);
        }
        @supports (color:light-dark(#000,#fff)){:root{
        --n-0:light-dark(#fff,oklch(19% .012 262));
        --n-1:light-dark(oklch(98.3% .003 262),oklch(16.5% .012 262));
        --n-2:light-dark(oklch(96.3% .005 262),oklch(23.5% .014 262));
        --n-3:light-dark(oklch(93.2% .007 262),oklch(28% .016 262));
        --line:light-dark(oklch(91.5% .008 262),oklch(30.5% .016 262));
        --line-strong:light-dark(oklch(64% .02 262),oklch(56% .02 262));
        --fg:light-dark(oklch(24% .02 262),oklch(94% .006 262));
        --fg-2:light-dark(oklch(44% .02 262),oklch(76% .012 262));
        --fg-3:light-dark(oklch(53% .018 262),oklch(66% .014 262));
        --accent:light-dark(oklch(52% .185 262),oklch(72% .13 262));
        --accent-hover:light-dark(oklch(46% .185 262),oklch(78% .11 262));
        --on-accent:light-dark(#fff,oklch(19% .03 262));
        --accent-soft:light-dark(oklch(95.5% .025 262),oklch(29% .05 262));
        --ok:light-dark(oklch(50% .125 152),oklch(76% .14 152));--ok-soft:light-dark(oklch(95.5% .035 152),oklch(29% .045 152));
        --warn:light-dark(oklch(51% .11 72),oklch(80% .12 80));--warn-soft:light-dark(oklch(96% .045 85),oklch(31% .045 75));
        --bad:light-dark(oklch(52% .195 27),oklch(74% .14 25));--bad-soft:light-dark(oklch(95.8% .025 22),oklch(30% .06 25));
        --c1:light-dark(oklch(56% .17 262),oklch(70% .14 262));--c2:light-dark(oklch(60% .105 192),oklch(75% .11 190));
        --c3:light-dark(oklch(64% .135 72),oklch(80% .13 80));--c4:light-dark(oklch(58% .19 15),oklch(71% .15 15));
        --c5:light-dark(oklch(52% .16 310),oklch(72% .12 310));
        --shadow-1:0 1px 2px light-dark(rgb(15 23 42/.06),rgb(0 0 0/.4));
        --shadow-2:0 16px 40px light-dark(rgb(15 23 42/.18),rgb(0 0 0/.6));
        }}
        :root[data-theme=light]{color-scheme:light} :root[data-theme=dark]{color-scheme:dark}
        :root[data-density=compact]{--h-row:32px;--h-ctl:28px;--pad-cell:8px;--fs-3:.8125rem}
        @media (pointer:coarse){:root,:root[data-density=compact]{--h-ctl:44px;--h-row:52px;--pad-cell:12px}}
        }
        """

    /// How plain elements look.
    static let base = """
        @layer base{
        html{-webkit-text-size-adjust:100%;background:var(--n-1)}
        body{font:var(--fs-3)/var(--lh-ui) var(--font);color:var(--fg);text-autospace:normal;overflow-wrap:anywhere}
        h1,h2,h3,h4{font-weight:600;line-height:var(--lh-tight);text-wrap:balance}
        h1{font-size:var(--fs-6)} h2{font-size:var(--fs-4)} h3,h4{font-size:var(--fs-3)}
        a{color:var(--accent);text-decoration:none} a:hover,p:not(.k-row)>a:not(.k-btn){text-decoration:underline;text-underline-offset:3px}
        em{font-style:normal;font-weight:600} strong{font-weight:600}
        code,pre,.k-mono{font-family:var(--mono);font-size:.92em}
        .k-num,time{font-variant-numeric:tabular-nums;white-space:nowrap}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        main:focus{outline:none}
        ::selection{background:var(--accent-soft)}
        @media (prefers-reduced-motion:no-preference){
        @view-transition{navigation:auto}
        ::view-transition-old(root),::view-transition-new(root){animation-duration:120ms}
        }
        @media (prefers-reduced-motion:reduce){*,*::before,*::after{transition:none!important;animation:none!important}}
        }
        @layer utility{
        .k-hidden{position:absolute!important;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .k-skip{position:absolute;left:var(--s-4);top:-60px;z-index:9;padding:var(--s-3) var(--s-5);background:var(--accent);color:var(--on-accent);border-radius:var(--r-2)}
        .k-skip:focus{top:var(--s-3)}
        .k-none,.k-muted{color:var(--fg-3)} .k-strong{font-weight:600} .k-right{text-align:right}
        .k-small{font-size:var(--fs-2)} .k-nowrap{white-space:nowrap}
        .k-row{display:flex;align-items:center;gap:var(--s-3);flex-wrap:wrap}
        .k-icon{width:18px;height:18px;flex:none}
        }
        """
}
