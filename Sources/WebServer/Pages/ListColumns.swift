import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The columns of a list: what the object lists, or what the person has chosen, as far as they may read it.
enum ListColumns {
    private static let most = 30

    private static func key(_ object: ObjectDefinition) -> String { "columns:" + object.key }

    /// The columns in order, the name first.
    static func of(_ object: ObjectDefinition, _ session: ReadSession) throws -> [FieldDefinition] {
        let chosen = try session.preference(key(object))?.split(separator: ",").map(String.init)
        let readable = session.readableFields(object)
        var seen: Set<String> = []
        return ([object.nameField] + (chosen ?? usual(object))).compactMap { key in
            seen.insert(key).inserted ? readable.first { $0.key == key } : nil
        }
    }

    private static func usual(_ object: ObjectDefinition) -> [String] {
        let keys = object.listFields.filter { $0 != object.nameField }
        guard keys.isEmpty else { return keys }
        return object.visibleFields.filter { !$0.system }.prefix(6).map(\.key) + ["owner", "updated_at"]
    }

    /// The choice under a list: the columns of now in their order, then all others.
    static func choice(
        _ object: ObjectDefinition,
        _ columns: [FieldDefinition],
        _ session: ReadSession,
        _ context: PageContext
    ) throws -> ColumnChoiceModel {
        let shown = columns.filter { $0.key != object.nameField }
        let others = session.readableFields(object).filter { field in
            !columns.contains { $0.key == field.key } && !["id", "version", object.nameField].contains(field.key)
        }
        return ColumnChoiceModel(
            action: Addresses.list(object.plural) + "/columns",
            shown: shown.map { Option($0.key, context($0.label)) },
            others: others.map { Option($0.key, context($0.label)) },
            isOwn: try session.preference(key(object)) != nil
        )
    }

    /// Keeps what was chosen; with `reset`, or nothing chosen, the list is as usual again.
    static func save(_ page: PageCall) async throws -> Reply {
        let (plural, form) = (page.call.parameter("plural"), page.form)
        return try await page.write { session in
            let object = try session.object(plural)
            let known = Set(session.readableFields(object).map(\.key))
            // A number in front of a column moves it there; equal ones stay in the order of the form.
            let chosen = form.all("column").filter { known.contains($0) && $0 != object.nameField }.enumerated()
                .map { index, key in (key: key, place: Double(form.text("place_" + key)) ?? 1000, index: index) }
                .sorted { ($0.place, $0.index) < ($1.place, $1.index) }.prefix(most).map(\.key)
            let isReset = form.text("_action") == "reset" || chosen.isEmpty
            try session.setPreference(key(object), isReset ? nil : chosen.joined(separator: ","))
            return page.go(to: Addresses.list(object.plural), .ok, PageTexts.columnsSaved)
        }
    }
}
