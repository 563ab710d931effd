import Values

/// What a tour shows on top of a page.
public enum TourBar {
    /// Offers the tour; `end` is posted to by who does not want it.
    public static func invitation(begin: String, end: String, in context: PageContext) -> HTML {
        """
        <aside class="k-tour" aria-label="\(context(TourTexts.tour))">\(Icons.use("info"))<p>\(context(TourTexts.offer))</p>\
        <div class="k-actions"><a class="k-btn k-btn-primary k-btn-small" href="\(begin)">\(context(TourTexts.begin))</a>\
        \(leave(end, TourTexts.no, context))</div></aside>
        """
    }

    /// A step: what can be done on this page, and the way to the next; without `next` it is the last.
    public static func step(
        _ text: String,
        place: Int,
        of count: Int,
        next: String?,
        end: String,
        in context: PageContext
    ) -> HTML {
        let onward = HTML.with(next) {
            "<a class=\"k-btn k-btn-primary k-btn-small\"\(href: $0)>\(context(TourTexts.next))\(Icons.use("right"))</a>"
        }
        return """
            <aside class="k-tour" aria-label="\(context(TourTexts.tour))"><b class="k-num">\(place) / \(count)</b><p>\(text)</p>\
            <div class="k-actions">\(onward)\(leave(end, next == nil ? TourTexts.done : TourTexts.end, context))</div></aside>
            """
    }

    private static func leave(_ end: String, _ label: Label, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(end)">\(context.csrfField)<button class="k-btn k-btn-small">\(context(label))</button></form>
        """
    }
}

/// What tours say.
enum TourTexts {
    static let tour = Label("Tour", zh: "功能导览")
    static let offer = Label(
        "New here? In two minutes you have seen the pages that you will need.",
        zh: "第一次使用？花两分钟看看您常用的几个页面。"
    )
    static let begin = Label("Show me", zh: "开始导览")
    static let no = Label("No, thanks", zh: "不用了")
    static let next = Label("Next", zh: "下一步")
    static let end = Label("End the tour", zh: "结束导览")
    static let done = Label("Done", zh: "完成")
}
