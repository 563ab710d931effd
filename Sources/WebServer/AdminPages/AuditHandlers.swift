import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The audit log: who did what, filtered by person and action.
enum AuditHandlers {
    private static let size = 50

    static func list(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.audit)
        let identities = page.call.workspace.identities
        let user = try page.call.query.id("user")
        let action = page.call.query["action"].flatMap { $0.isEmpty ? nil : $0 }
        let before = page.call.query["before"].flatMap(Int64.init)
        return try await page.show { session in
            let entries = try session.auditLog(user: user, action: action, limit: size, before: before)
            let reader = try AuditReader(entries, session: session, context: page.context)
            let query: (String) -> String = { before in
                WebAddress.path(
                    Addresses.audit,
                    ["user": user?.description ?? "", "action": action ?? "", "before": before]
                )
            }
            let filter = LogFilter.html(
                action: Addresses.audit,
                people: try LogFilter.people(identities, session),
                user: user,
                actions: AuditWords.actions.map { Option($0.0, page.context($0.1)) },
                chosen: action,
                in: page.context
            )
            let html = AuditPage.html(
                entries.map(reader.row),
                filter: filter,
                first: before == nil ? nil : query(""),
                next: entries.count == size ? entries.last.map { query(String($0.seq)) } : nil,
                in: page.context
            )
            return PageBody(
                page.context(AdminTexts.audit),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }
}

/// The bar over a log: whose entries, and which.
enum LogFilter {
    /// Everybody who ever was a user, at most 500.
    static func people(_ identities: Identities, _ session: ReadSession) throws -> [Option] {
        var options: [Option] = []
        var query = UserQuery(limit: 200)
        while options.count < 500 {
            let part = try identities.users(query, on: session.connection)
            options += part.users.map { Option($0.id.description, $0.name) }
            guard let next = part.next else { break }
            query.cursor = next
        }
        return options
    }

    static func html(
        action: String,
        people: [Option],
        user: RecordID?,
        actions: [Option] = [],
        chosen: String? = nil,
        in context: PageContext
    ) -> HTML {
        let everybody = [Option("", context(AdminWords.everybody))] + people
        let everything = [Option("", context(AdminWords.everything))] + actions
        return """
            <form class="k-section" action="\(action)"><div class="k-inline">\
            \(Control.select("user", context(AdminTexts.actor), everybody, chosen: user?.description ?? ""))\
            \(HTML.when(!actions.isEmpty, Control.select("action", context(AdminTexts.action), everything, chosen: chosen ?? "")))\
            <button class="k-btn">\(context(AdminWords.show))</button></div></form>
            """
    }
}

/// The attempts to log in.
enum LogInHandlers {
    static let address = Addresses.settings + "/log-ins"
    private static let size = 50

    static func list(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        if !actor.rights.allows(.audit) { try actor.require(.users) }
        let (user, before) = (try page.call.query.id("user"), try page.call.query.id("before"))
        return try await page.show { session in
            let records = try identities.logInHistory(
                of: user,
                before: before,
                limit: size,
                by: actor,
                on: session.connection
            )
            let names = try identities.users(records.compactMap(\.userID), on: session.connection)
            let people = Dictionary(names.map { ($0.id, $0.name) }) { first, _ in first }
            let query: (String) -> String = { before in
                WebAddress.path(address, ["user": user?.description ?? "", "before": before])
            }
            let next = records.count == size ? records.last.map { query($0.id.description) } : nil
            let filter = LogFilter.html(
                action: address,
                people: try LogFilter.people(identities, session),
                user: user,
                in: page.context
            )
            let pager = Pager.html(
                shown: records.count,
                first: before == nil ? nil : query(""),
                next: next,
                in: page.context
            )
            let html: HTML = """
                \(Layout.head("\(page.context(AdminWords.logIns))", text: page.context(AdminWords.logInsText)))<div class="k-panel">\
                \(filter)\(Table.html(table(records, people, page.context), in: page.context))\(pager)</div>
                """
            return PageBody(
                page.context(AdminWords.logIns),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    private static func table(_ records: [LogInRecord], _ people: [RecordID: String], _ context: PageContext)
        -> TableModel
    {
        TableModel(
            caption: context(AdminWords.logIns),
            columns: [
                ColumnModel("at", context(Words.time)), ColumnModel("who", context(AdminTexts.actor)),
                ColumnModel("email", context(AccountTexts.email)), ColumnModel("outcome", context(AdminWords.outcome)),
                ColumnModel("address", context(AdminWords.address)), ColumnModel("device", context(AdminWords.device)),
            ],
            rows: records.map { record in
                let isGood = record.outcome == .success || record.outcome == .codeNeeded
                return RowModel(
                    id: record.id.description,
                    name: record.email,
                    cells: [
                        .instant(record.at), record.userID.flatMap { people[$0] }.map(CellValue.person) ?? .empty,
                        .text(record.email),
                        .html(Badge.html(context(record.outcome.label), isGood ? .ok : .bad)),
                        .text(record.address), .text(Device.name(record.device)),
                    ]
                )
            },
            empty: EmptyModel(icon: "history", title: context(AdminWords.noLogIns))
        )
    }
}

/// What a browser says about itself, made short.
enum Device {
    static func name(_ agent: String) -> String {
        func first(_ names: [(String, String)]) -> String? { names.first { agent.contains($0.0) }?.1 }
        let program = first([
            ("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"), ("curl/", "curl"),
        ])
        let system = first([
            ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "macOS"), ("Linux", "Linux"),
        ])
        let parts = [program, system].compactMap { $0 }
        return parts.isEmpty ? String(agent.prefix(40)) : parts.joined(separator: " · ")
    }
}
