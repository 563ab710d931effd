import Pages
import Records
import Schema
import Values

/// Everything that happened with a record as its feature tells it: activities, new records, stages, changes.
struct WholeTimeline {
    private let timeline: RecordTimeline
    private let source: RecordView

    /// Nil for objects without such a timeline.
    init?(_ timeline: RecordTimeline) {
        let view = timeline.view
        guard let source = view.page.call.workspace.views["timeline"], source.object == view.object.key else {
            return nil
        }
        self.timeline = timeline
        self.source = source
    }

    private var context: PageContext { timeline.context }

    /// A page of entries that are older than the cursor, and the cursor of the next one.
    func page(_ before: String?, limit: Int) throws -> (entries: [EntryModel], next: String?) {
        let (id, session) = (timeline.view.id, timeline.view.session)
        let request = RecordView.Request(id: id, limit: limit, cursor: before, language: context.language)
        let (found, next) = try source.run(request, session)
        let ids = found.compactMap { $0["kind"]?.string == "activity" ? $0["id"]?.string : nil }
        let activities = try timeline.activities(ids)
        let entries = found.compactMap { item in
            item["kind"]?.string == "activity" ? item["id"]?.string.flatMap { activities[$0] } : entry(item)
        }
        return (entries, next)
    }

    /// An entry that is no activity.
    private func entry(_ item: JSONValue) -> EntryModel? {
        guard let kind = item["kind"]?.string, let id = item["id"]?.string, let key = item["object"]?.string,
            let at = item["at"]?.string.flatMap({ Instant($0) }),
            let object = timeline.view.session.schema.object(key)
        else { return nil }
        let isOwn = id == timeline.view.id.description
        var entry = EntryModel(
            id: "\(kind)-\(id)-\(at.milliseconds)",
            kind: kind == "changed" ? "edit" : Navigation.icon(of: object),
            title: item["title"]?.string ?? "",
            href: isOwn ? nil : Addresses.record(object.plural, id),
            person: item["actor"]?.string ?? "",
            at: at
        )
        entry.facts = (item["changes"]?.array ?? []).map(change)
        return entry
    }

    private func change(_ change: JSONValue) -> CellValue {
        func text(_ key: String) -> String {
            let text = change[key]?.string ?? ""
            return text.isEmpty ? context(Words.empty) : text.count > 80 ? String(text.prefix(80)) + "…" : text
        }
        let field = change["field"]?.string ?? ""
        return .text(field + context(PageTexts.colon) + text("before") + " → " + text("after"))
    }
}
