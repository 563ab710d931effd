import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Working days, and whose work the program builds on.
    static let workingDays: [Route] = [
        get(WorkingDayHandlers.address, WorkingDayHandlers.show),
        post(WorkingDayHandlers.address, WorkingDayHandlers.change),
        get(NoticeHandlers.address, NoticeHandlers.show),
    ]
}

/// Which days people work: public holidays, and the weekends that are worked instead.
enum WorkingDayHandlers {
    static let address = Addresses.settings + "/days"

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        try page.actor.require(.settings)
        let status: HTTPResponse.Status = problem == nil ? .ok : .unprocessableContent
        return try await page.show(status: status) { session in
            let context = page.context
            let this = context.today.parts.year
            let asked = page.call.query["year"] ?? page.form.text("year")
            let year = Int(asked).flatMap { (1970...2200).contains($0) ? $0 : nil } ?? this
            guard let first = Day("\(year)-01-01") else { throw Problem.notFound }
            let days = first...first.adding(months: 12).adding(days: -1)
            let marks = try session.dayMarks(days)
            let working = try session.workingDays(days).count
            let tabs = HTML.each([this - 1, this, this + 1]) {
                "<a\(href: WebAddress.path(address, ["year": String($0)]))\(attribute: "aria-current", $0 == year ? "page" : nil)>\($0)</a>"
            }
            let known = ChineseHolidays.years.contains(year)
            let fill = HTML.when(
                known,
                """
                <form method="post" action="\(address)">\(context.csrfField)<input type="hidden" name="year" value="\(year)">\
                <button class="k-btn" name="_action" value="china">\(Icons.use("calendar"))\(context(DayWords.china(year)))</button></form>
                """
            )
            let html: HTML = """
                <div class="k-medium">\(Layout.head(HTML(text: context(DayWords.title)), text: context(DayWords.text), actions: fill))\
                <nav class="k-tabs" aria-label="\(context(DayWords.year))">\(tabs)</nav><div class="k-stack">\
                <section class="k-panel"><h2 class="k-panel-head">\(context(DayWords.add))</h2>\(form(year, page, problem))</section>\
                <section class="k-panel"><h2 class="k-panel-head">\(context(DayWords.count(year, working)))</h2>\
                \(Table.html(table(marks, year, context), in: context))</section></div></div>
                """
            let crumbs = [Crumb(context(Words.settings), Addresses.settings)]
            return PageBody(context(DayWords.title), html, current: Addresses.settings, crumbs: crumbs)
        }
    }

    private static func form(_ year: Int, _ page: PageCall, _ problem: Problem?) -> HTML {
        let context = page.context
        let kinds = [Option("off", context(DayWords.off)), Option("work", context(DayWords.work))]
        let error = problem.map { context($0.fields.first?.message ?? $0.message) }
        return """
            <form class="k-section" method="post" action="\(address)" novalidate>\(context.csrfField)<input type="hidden" name="year" value="\(year)"><div class="k-inline">\
            \(Control.input("first", context(DayWords.first), type: "date", value: page.form.text("first"), error: error))\
            \(Control.input("last", context(DayWords.last), type: "date", value: page.form.text("last")))\
            \(Control.select("kind", context(DayWords.kind), kinds, chosen: page.form.text("kind")))\
            \(Control.input("name", context(Words.name), value: page.form.text("name")))\
            <button class="k-btn k-btn-primary" name="_action" value="mark">\(context(Words.add))</button></div></form>
            """
    }

    private static func table(_ marks: [DayMark], _ year: Int, _ context: PageContext) -> TableModel {
        let rows = marks.map { mark in
            let remove: HTML = """
                <form method="post" action="\(address)">\(context.csrfField)<input type="hidden" name="year" value="\(year)">\
                <input type="hidden" name="day" value="\(mark.day.description)"><button class="k-btn k-btn-small" name="_action" value="unmark" \
                aria-label="\(context(Words.delete)) \(mark.day.description)">\(context(Words.delete))</button></form>
                """
            return RowModel(
                id: mark.day.description,
                name: mark.day.description,
                cells: [
                    .text(Format.longDay(mark.day, in: context)), .text(mark.name),
                    .text(context(mark.isOff ? DayWords.off : DayWords.work)), .html(remove),
                ]
            )
        }
        return TableModel(
            caption: context(DayWords.title),
            columns: [
                ColumnModel("day", context(DayWords.first)), ColumnModel("name", context(Words.name)),
                ColumnModel("kind", context(DayWords.kind)), ColumnModel("actions", context(Words.actions)),
            ],
            rows: rows,
            empty: EmptyModel(icon: "calendar", title: context(DayWords.none))
        )
    }

    static func change(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let form = page.form
        let back = WebAddress.path(address, ["year": form.text("year")])
        do {
            try await page.write { session in
                switch form.text("_action") {
                case "china": try session.mark(ChineseHolidays.days(of: Int(form.text("year")) ?? 0))
                case "unmark": try session.unmark([Day(form.text("day"))].compactMap(\.self))
                default: try session.mark(try marks(form))
                }
            }
        } catch let problem as Problem where problem.kind == .invalid {
            return try await show(page, problem)
        }
        return page.go(to: back, .ok, PageTexts.saved)
    }

    private static func marks(_ form: FormFields) throws -> [DayMark] {
        guard let first = Day(form.text("first")) else {
            throw Problem.invalid("first", "required", Label("Choose a day.", zh: "请选择日期。"))
        }
        let last = Day(form.text("last")) ?? first
        guard last >= first, last.daysSince1970 - first.daysSince1970 < 400 else {
            throw Problem.invalid(
                "first",
                "wrong_order",
                Label("The last day must not lie before the first.", zh: "结束日期不能早于开始日期。")
            )
        }
        return (first.daysSince1970...last.daysSince1970).map {
            DayMark(Day(daysSince1970: $0), isOff: form.text("kind") != "work", name: form.text("name"))
        }
    }
}

/// The words of working days.
enum DayWords {
    static let title = Label("Working days", zh: "工作日")
    static let text = Label(
        "Public holidays and weekends that are worked instead. Without an entry, Monday to Friday are worked.",
        zh: "法定节假日与调休上班日。未设置的日期按周一至周五上班。"
    )
    static let year = Label("Year", zh: "年份")
    static let add = Label("Mark days", zh: "设置日期")
    static let first = Label("Day", zh: "日期")
    static let last = Label("To (several days)", zh: "至（多天时填写）")
    static let kind = Label("Kind", zh: "类型")
    static let off = Label("Day off", zh: "休息")
    static let work = Label("Worked instead", zh: "调休上班")
    static let none = Label("No days are marked in this year", zh: "该年没有设置节假日")
    static func china(_ year: Int) -> Label {
        Label("Fill in China's holidays of \(year)", zh: "填入 \(year) 年国家法定节假日及调休")
    }
    static func count(_ year: Int, _ days: Int) -> Label {
        Label("\(year): \(days) working days", zh: "\(year) 年共 \(days) 个工作日")
    }
    /// Short marks in a calendar.
    static let offMark = Label("off", zh: "休")
    static let workMark = Label("work", zh: "班")
}

/// Whose work the program builds on, with the licences that ask to be shown.
enum NoticeHandlers {
    static let address = "/notices"

    static func show(_ page: PageCall) async throws -> Reply {
        _ = try page.actor
        let context = page.context
        let parts = HTML.each(ThirdParty.notices) { notice in
            """
            <details class="k-panel k-section"><summary><strong>\(notice.name)</strong> <span class="k-muted">\(notice.licence)</span></summary>\
            <pre class="k-notice">\(notice.text)</pre></details>
            """
        }
        let html: HTML = """
            <div class="k-medium">\(Layout.head(HTML(text: context(title)), text: context(text)))<div class="k-stack">\(parts)</div></div>
            """
        return page.html(PageBody(context(title), html, current: Addresses.account))
    }

    static let title = Label("Third-party notices", zh: "第三方软件声明")
    private static let text = Label(
        "Kehu stands under the Apache licence 2.0 and builds on the work of others.",
        zh: "本软件采用 Apache 2.0 许可证，并使用了以下开源项目。"
    )
}
