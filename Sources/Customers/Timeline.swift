import Database
import Identity
public import Records
import SQLText
import Schema
public import Values

/// Everything that happened with a customer, newest first, as far as the actor may see it.
public enum Timeline {
    /// A page of a timeline.
    public struct Page: Sendable {
        /// The entries, newest first.
        public let items: [TimelineItem]
        /// Where the next page begins; nil at the end.
        public let next: String?
    }

    /// A page of at most `limit` (1 to 200) entries that are older than the cursor `before`.
    ///
    /// Throws `notFound` when the actor may not read the customer, `malformed` for a cursor of another kind.
    public static func page(
        customer: RecordID,
        before cursor: String? = nil,
        limit: Int = 50,
        _ session: ReadSession
    ) throws -> Page {
        let object = try session.object("customers")
        let record = try session.find(object, customer)
        var end: TimelinePlace?
        if let cursor {
            guard let place = TimelinePlace(cursor) else {
                throw Problem.malformed(
                    "invalid_cursor",
                    Label("«before» is no cursor of a timeline.", zh: "before 不是有效的时间线游标。")
                )
            }
            end = place
        }
        let size = max(1, min(limit, 200))
        let reader = TimelineReader(session: session, customer: record, end: end, wanted: size + 1)
        let found = try (reader.activities() + reader.created() + reader.stages() + reader.changes())
            .sorted { $0.place > $1.place }
        let items = Array(found.prefix(size))
        return Page(items: items, next: found.count > size ? items.last?.place.text : nil)
    }
}

/// Reads the sources of one page. Records come through lists, so that nothing is seen that the actor may not read.
struct TimelineReader {
    let session: ReadSession
    let customer: AnyRecord
    let end: TimelinePlace?
    let wanted: Int

    /// Activities by the time when they happened.
    func activities() throws -> [TimelineItem] {
        guard let object = readable(Activity.key) else { return [] }
        let fields = ["subject", "kind", "body", "happened_at", "owner"]
        return try newest(of: object, link: "customer", by: "happened_at", fields: fields) { row, read, at in
            var item = TimelineItem(
                kind: .activity,
                at: at,
                object: object.key,
                id: row.id,
                title: plain(read("subject").text ?? ""),
                tie: row.id.raw
            )
            item.body = read("body").text
            item.activityKind = read("kind").text
            item.actorName = read("owner.name").text
            return item
        }
    }

    /// The customer itself, and the records that point to it, by the time when they were made.
    func created() throws -> [TimelineItem] {
        var items = [birth].compactMap { $0 }.filter { isOlder($0) }
        var seen: Set<RecordID> = []
        let links = session.schema.children(of: Customer.key).compactMap { child, field in
            guard ![Activity.key, ContactRole.key].contains(child.key), let object = readable(child.key),
                session.right(on: field, of: object) != .hidden
            else { return nil as (object: ObjectDefinition, field: FieldDefinition)? }
            return (object, field)
        }
        for (object, field) in try session.linksInUse(links, to: customer.id) {
            let fields = [object.nameField, "created_at", "created_by"]
            items += try newest(of: object, link: field.key, by: "created_at", fields: fields) { row, read, at in
                guard seen.insert(row.id).inserted else { return nil }
                let name = read(object.nameField).text ?? ""
                var item = TimelineItem(
                    kind: .created,
                    at: at,
                    object: object.key,
                    id: row.id,
                    title: Label("New \(object.label.en.lowercased()): \(name)", zh: "新建\(object.label.zh)：\(name)"),
                    tie: row.id.raw
                )
                item.actorName = read("created_by.name").text
                return item
            }
        }
        return items
    }

    private var birth: TimelineItem? {
        guard let object = session.schema.object(Customer.key), let at = customer["created_at"].integer else {
            return nil
        }
        return TimelineItem(
            kind: .created,
            at: Instant(milliseconds: at),
            object: Customer.key,
            id: customer.id,
            title: Label("New \(object.label.en.lowercased())", zh: "新建\(object.label.zh)"),
            tie: customer.id.raw
        )
    }

    /// The moves of the customer's opportunities from stage to stage.
    func stages() throws -> [TimelineItem] {
        guard let object = readable("opportunity"), let stage = object.field("stage"),
            session.right(on: stage, of: object) != .hidden
        else { return [] }
        var names = try names(of: object)
        if names.isEmpty { return [] }
        // What was merged into one of them went through stages of its own.
        let merged = try session.connection.rows(
            """
            SELECT l.record, m.survivor FROM sys_merge m JOIN sys_merge_loser l ON l.merge = m.id
            WHERE m.object = \(object.key) AND m.undone_at IS NULL AND m.survivor IN \(list: names.keys.map { SQLValue($0) })
            """
        )
        for row in merged {
            if let id = row.id(0), let survivor = row.id(1), names[id] == nil { names[id] = names[survivor] }
        }
        let ids = names.keys.map { SQLValue($0) }
        let until = end?.at ?? Int64.max
        // Entries of the cursor's own millisecond may be on the page before: a few more are read for them.
        let rows = try session.connection.rows(
            """
            SELECT h.record, h.seq, h.stage, h.entered_at, u.name FROM sys_stage_history h
            LEFT JOIN sys_user u ON u.id = h.entered_by
            WHERE h.record IN \(list: ids) AND h.seq > 1 AND h.entered_at <= \(until)
            ORDER BY h.entered_at DESC LIMIT \(wanted + 200)
            """
        )
        let items = rows.compactMap { row -> TimelineItem? in
            guard let id = row.id(0), let name = names[id] else { return nil }
            let label = stage.kind.choices.first { $0.key == row.text(2) }?.label ?? plain(row.text(2))
            var item = TimelineItem(
                kind: .stage,
                at: Instant(milliseconds: row.integer(3)),
                object: object.key,
                id: id,
                title: Label("\(name): now «\(label.en)»", zh: "\(name)：进入“\(label.zh)”阶段"),
                tie: id.raw &+ row.integer(1)
            )
            item.actorName = row[4].text
            return isOlder(item) ? item : nil
        }
        return Array(items.sorted { $0.place > $1.place }.prefix(wanted))
    }

    private func names(of object: ObjectDefinition) throws -> [RecordID: String] {
        var names: [RecordID: String] = [:]
        var query = ListQuery()
        query.filter = "customer = \"\(customer.id)\""
        query.fields = [object.nameField]
        query.sort = ["-id"]
        query.limit = 200
        repeat {
            let page = try session.list(object, query)
            guard let slot = page.plan.slot(object.nameField) else { return names }
            for row in page.rows { names[row.id] = row.values(slot).first?.text ?? "" }
            query.cursor = page.next
        } while query.cursor != nil && names.count < 2000
        return names
    }
}

extension TimelineReader {
    func isOlder(_ item: TimelineItem) -> Bool { end.map { item.place < $0 } ?? true }

    func plain(_ text: String) -> Label { Label(text, zh: text) }

    /// The object, if the actor may read any of its records.
    func readable(_ key: String) -> ObjectDefinition? { try? session.object(key) }

    /// The newest linked records before the end, by one of their times.
    private func newest(
        of object: ObjectDefinition,
        link: String,
        by time: String,
        fields: [String],
        _ make: (RecordRow, (String) -> SQLValue, Instant) -> TimelineItem?
    ) throws -> [TimelineItem] {
        let known = Set(session.readableFields(object).map(\.key))
        guard known.contains(time), known.contains(link) else { return [] }
        var query = ListQuery()
        query.filter = "\(link) = \"\(customer.id)\" and \(time) is not empty"
        if let end { query.filter? += " and \(time) <= \"\(Instant(milliseconds: end.at))\"" }
        query.fields = fields.filter(known.contains)
        query.sort = ["-" + time]
        query.limit = min(wanted, 200)
        var items: [TimelineItem] = []
        repeat {
            let page = try session.list(object, query)
            for row in page.rows {
                func read(_ name: String) -> SQLValue {
                    let parts = name.split(separator: ".")
                    guard let slot = page.plan.slot(String(parts[0])) else { return .null }
                    return parts.count == 1 ? row.values(slot).first ?? .null : SQLValue(row.name(slot))
                }
                guard let at = read(time).integer, let item = make(row, read, Instant(milliseconds: at)) else {
                    continue
                }
                if isOlder(item) { items.append(item) }
            }
            query.cursor = page.next
        } while query.cursor != nil && items.count < wanted
        return items
    }
}
