import Pages
import Records
import Values

/// The days on which people mostly want something done: none of them a day off, but for today.
enum DueDays {
    private static let today = Label("Today", zh: "今天")
    private static let tomorrow = Label("Tomorrow", zh: "明天")

    /// Today, the next day of work, the first day of work of next week, and the one a month from now.
    static func options(_ session: ReadSession, _ context: PageContext) throws -> [Option] {
        let today = context.today
        let working = try session.workingDays(today.adding(days: 1)...today.adding(days: 50))
        let monday = ReportDimension.Period.week.start(of: today).adding(days: 7)
        let month = ReportDimension.Period.month
        let later = month.start(of: month.moved(month.start(of: today), by: 1)).adding(days: today.parts.day - 1)
        let picked = [working.first, working.first { $0 >= monday }, working.first { $0 >= later }].compactMap(\.self)
        var options = [Option(today.description, context(DueDays.today))]
        for day in picked where !options.contains(where: { $0.value == day.description }) {
            options.append(Option(day.description, word(day, today, monday, context)))
        }
        return options
    }

    private static func word(_ day: Day, _ today: Day, _ monday: Day, _ context: PageContext) -> String {
        if day == today.adding(days: 1) { return context(tomorrow) }
        let weekday = CalendarTexts.weekday(day, context.language)
        if day < monday { return weekday }
        if day < monday.adding(days: 7) { return context(Label("Next \(weekday)", zh: "下" + weekday)) }
        let (_, month, date) = day.parts
        return context(Label("\(weekday) \(month)/\(date)", zh: "\(month)月\(date)日"))
    }
}
