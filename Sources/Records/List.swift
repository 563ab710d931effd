public import Database
import Expressions
import Identity
import SQLText
public import Schema
import Search
public import Values

/// What a list is asked for.
public struct ListQuery: Sendable {
    /// An expression that is true for the wanted records.
    public var filter: String?
    /// Field keys; a `-` in front turns the order round. Empty: best hits first when searching, else newest first.
    public var sort: [String] = []
    /// The fields wanted; nil for all readable ones.
    public var fields: [String]?
    /// 1 to 200.
    public var limit = 50
    /// Where the page before ended.
    public var cursor: String?
    /// What the search box holds.
    public var search: String?
    /// Whether the number of all matches is wanted.
    public var total = false
    /// Whether the recycle bin is read instead.
    public var deleted = false

    /// All records, newest first.
    public init() {}
}

/// A page of a list.
public struct RecordPage: Sendable {
    /// What was selected.
    public let plan: ReadPlan
    /// The records.
    public let rows: [RecordRow]
    /// Where the next page begins; nil at the end.
    public let next: String?
    /// How many match, when asked for.
    public let total: Int64?
}

extension ReadSession {
    /// A page of records.
    public func list(_ object: ObjectDefinition, _ query: ListQuery) throws -> RecordPage {
        try list(object, query, ids: nil)
    }

    /// A page of records, whose ids may be known.
    func list(_ object: ObjectDefinition, _ query: ListQuery, ids: [RecordID]?) throws -> RecordPage {
        let plan = try plan(object, fields: query.fields)
        let kept = query.total ? try askKeptCount(object, query) : nil
        var rows: [RecordRow] = []
        let next = try eachRow(object, query, plan, ids: ids) { cursor in
            rows.append(
                RecordRow(values: (0..<plan.width).map(cursor.value), id: RecordID(cursor.integer(0)))
            )
        }
        let total = query.total ? try kept?() ?? count(object, query) : nil
        return RecordPage(plan: plan, rows: rows, next: next, total: total)
    }

    /// A page of records as the API's JSON, written straight from the rows. With `isLast` it is all that is read.
    public func writeList(
        _ object: ObjectDefinition,
        _ query: ListQuery,
        isLast: Bool = false,
        to json: inout JSONWriter
    ) throws {
        let plan = try plan(object, fields: query.fields)
        let kept = query.total ? try askKeptCount(object, query) : nil
        let endsHere = isLast && (!query.total || kept != nil)
        var body = json
        try body.object { json in
            json.key("data")
            var next: String?
            try json.array { json in
                next = try eachRow(object, query, plan, isLast: endsHere) { plan.write($0, to: &json) }
            }
            json.member("next", next)
            if query.total { json.member("total", try kept?() ?? count(object, query)) }
        }
        json = body
    }

    /// One record as the API's JSON. With `isLast` it is all that is read.
    public func write(
        _ object: ObjectDefinition,
        _ id: RecordID,
        fields: [String]? = nil,
        deleted: Bool = false,
        isLast: Bool = false,
        to json: inout JSONWriter
    ) throws {
        let plan = try plan(object, fields: fields)
        var sql = "SELECT " + plan.select + " FROM \(name: object.key) t WHERE t.\"id\" = \(id)"
        sql += deleted ? " AND t.\"deleted_at\" IS NOT NULL" : " AND t.\"deleted_at\" IS NULL"
        if let condition = access.condition(.read, on: object.key, alias: "t") { sql += " AND " + condition }
        var found = false
        var body = json
        try each(sql, isLast: isLast) { cursor in
            found = true
            plan.write(cursor, to: &body)
            return false
        }
        guard found else { throw Problem.notFound }
        json = body
    }

    private func each(_ sql: SQLFragment, isLast: Bool, _ body: (RowCursor) throws -> Bool) throws {
        if isLast { try connection.last(sql, body) } else { try connection.each(sql, body) }
    }

    /// How many records a list has in all.
    public func count(_ object: ObjectDefinition, _ query: ListQuery) throws -> Int64 {
        if let known = try keptCount(object, query) { return known }
        let onlySearch = (query.filter ?? "").isEmpty && !query.deleted
        if onlySearch, let search = query.search.flatMap({ searchQuery($0, object) }),
            access.condition(.read, on: object.key, alias: "t") == nil
        {
            // The index holds no deleted record, so its hits need not be looked up.
            return try connection.value("SELECT count(*) FROM (\(try ids(search, object))) AS found").integer ?? 0
        }
        let sql = "SELECT count(*) FROM \(name: object.key) t WHERE " + (try matching(object, query))
        return try connection.value(sql).integer ?? 0
    }

    /// Steps through all matching records in order of id, however many, with bounded memory.
    public func eachMatch(
        _ object: ObjectDefinition,
        _ query: ListQuery,
        _ plan: ReadPlan,
        _ body: (RowCursor) throws -> Bool
    ) throws {
        let order = try sortTerms(object, query)
        let sql =
            "SELECT " + plan.select + " FROM \(name: object.key) t WHERE " + (try matching(object, query))
            + " ORDER BY " + order.orderBy
        try connection.each(sql, body)
    }

    /// The condition of a list: alive, permitted, filtered, searched.
    func matching(_ object: ObjectDefinition, _ query: ListQuery, verb: RecordVerb = .read) throws -> SQLFragment {
        var conditions: [SQLFragment] = [query.deleted ? "t.\"deleted_at\" IS NOT NULL" : "t.\"deleted_at\" IS NULL"]
        if let condition = access.condition(verb, on: object.key, alias: "t") { conditions.append(condition) }
        if let text = query.filter, !text.allSatisfy(\.isWhitespace) {
            let checked = try check(text, on: object)
            conditions += try self.conditions(ofReading: checked, on: object)
            conditions.append("(" + (try expressions(asActor: true).condition(checked, alias: "t")) + ")")
        }
        if let text = query.search, !text.allSatisfy(\.isWhitespace) {
            guard let search = searchQuery(text, object) else { return "1 = 0" }
            conditions.append("t.\"id\" IN (" + (try ids(search, object)) + ")")
        }
        return conditions.joined(" AND ")
    }

    private func ids(_ search: SearchQuery, _ object: ObjectDefinition) throws -> SQLFragment {
        search.ids(of: object.key, connection.dialect, try WaitingEntries(of: object.key, on: connection))
    }

    private func eachRow(
        _ object: ObjectDefinition,
        _ query: ListQuery,
        _ plan: ReadPlan,
        isLast: Bool = false,
        ids: [RecordID]? = nil,
        _ body: (RowCursor) -> Void
    ) throws -> String? {
        guard (1...200).contains(query.limit) else {
            throw Problem.malformed(
                "invalid_limit",
                Label("«limit» must be 1 to 200.", zh: "limit 必须在 1 到 200 之间。")
            )
        }
        if let text = query.search, query.sort.isEmpty, !query.deleted, let search = searchQuery(text, object) {
            return try eachHit(search, object, query, plan, body)
        }
        let order = try sortTerms(object, query)
        var sql =
            "SELECT " + plan.many.select + ", " + order.select + " FROM \(name: object.key) t" + plan.many.joins
            + " WHERE "
        if let ids = try ids ?? newestOfMany(object, query, order) ?? newestCreated(object, query, order) {
            sql += ids.isEmpty ? "1 = 0" : "t.\"id\" IN \(list: ids.map { .integer($0.raw) })"
        } else {
            sql += try matching(object, query)
            if let cursor = query.cursor { sql += " AND " + (try order.after(cursor)) }
        }
        sql += " ORDER BY " + order.orderBy + " LIMIT \(query.limit + 1)"
        var seen = 0
        var last: [SQLValue] = []
        var next: String?
        try each(sql, isLast: isLast) { cursor in
            seen += 1
            if seen > query.limit {
                next = order.cursor(last)
                return false
            }
            body(cursor)
            if seen == query.limit { last = (plan.width..<cursor.count).map(cursor.value) }
            return true
        }
        return next
    }

    /// Best hits first: the page's ids are ranked, then each record is read by its id.
    private func eachHit(
        _ search: SearchQuery,
        _ object: ObjectDefinition,
        _ query: ListQuery,
        _ plan: ReadPlan,
        _ body: (RowCursor) -> Void
    ) throws -> String? {
        var rest = query
        rest.search = nil
        let page = try SearchPage(
            search,
            of: object,
            limit: query.limit,
            cursor: query.cursor,
            condition: try matching(object, rest),
            frequencies: try state.frequencies.of(object.key, at: now, on: connection),
            on: connection
        )
        if connection.dialect == .postgres, !page.ids.isEmpty {
            // One round trip instead of one for each.
            let places = page.ids.enumerated().map { "(CAST(\($1) AS BIGINT), \(raw: String($0)))" as SQLFragment }
            let all: SQLFragment = """
                SELECT \(plan.select) FROM (VALUES \(places.joined(", "))) AS page \
                JOIN \(name: object.key) t ON t."id" = page.column1 ORDER BY page.column2
                """
            try connection.each(all) { cursor in
                body(cursor)
                return true
            }
            return page.next
        }
        for id in page.ids {
            let one = "SELECT " + plan.select + " FROM \(name: object.key) t WHERE t.\"id\" = \(id)"
            try connection.each(one) { cursor in
                body(cursor)
                return false
            }
        }
        return page.next
    }

    func sortTerms(_ object: ObjectDefinition, _ query: ListQuery) throws -> SortOrder {
        var terms: [SortOrder.Term] = []
        for name in query.sort where !name.isEmpty {
            let descending = name.hasPrefix("-")
            let key = descending ? String(name.dropFirst()) : name
            guard let field = object.field(key), access.right(on: field, of: object) != .hidden else {
                throw Problem.unknownField(key, of: object)
            }
            terms.append(try sortTerm(field, of: object, descending: descending))
            if key == "id" { break }
        }
        return SortOrder(terms: terms, object: object.key)
    }

    private func sortTerm(
        _ field: FieldDefinition,
        of object: ObjectDefinition,
        descending: Bool
    ) throws -> SortOrder.Term {
        let expression: SQLFragment
        var nullable = true
        switch field.kind {
        case .formula, .rollUp:
            expression = try plan(object, fields: [field.key]).select(of: field)
        case .money:
            expression = "t.\(name: field.key + "_base")"
        case .text where field.key == object.nameField:
            expression = "t.\"name_sort\""
            nullable = false
        default:
            expression = "t.\(name: field.key)"
            nullable = !["id", "version"].contains(field.key)
        }
        if let condition = access.condition(ofReading: field, of: object, alias: "t") {
            let value: SQLFragment = "CASE WHEN " + condition + " THEN " + expression + " END"
            return .init(key: field.key, expression: value, descending: descending, nullable: true)
        }
        return .init(key: field.key, expression: expression, descending: descending, nullable: nullable)
    }
}

extension ReadPlan {
    /// The expression of one field alone: the plan has `id` and this field.
    func select(of field: FieldDefinition) -> SQLFragment {
        let prefix = "t.\"id\", "
        return SQLFragment(text: String(select.text.dropFirst(prefix.count)), values: select.values)
    }
}
