import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// The columns of a list: what the address or view says, what the person has chosen, or what the object lists; as far
/// as they may read it.
enum ListColumns {
    private static let most = 30

    private static func key(_ object: ObjectDefinition) -> String { "columns:" + object.key }

    /// The columns in order, the name first.
    static func of(_ object: ObjectDefinition, _ state: ListState, _ session: ReadSession) throws -> [FieldDefinition] {
        let chosen = try state.columns ?? session.preference(key(object))?.split(separator: ",").map(String.init)
        let readable = session.readableFields(object)
        var seen: Set<String> = []
        return ([object.nameField] + (chosen ?? usual(object)).prefix(most)).compactMap { key in
            seen.insert(key).inserted ? readable.first { $0.key == key } : nil
        }
    }

    private static func usual(_ object: ObjectDefinition) -> [String] {
        let keys = object.listFields.filter { $0 != object.nameField }
        guard keys.isEmpty else { return keys }
        return object.visibleFields.filter { !$0.system }.prefix(6).map(\.key) + ["owner", "updated_at"]
    }

    /// The choice over a list: the columns of now in their order, then all others.
    static func choice(
        _ object: ObjectDefinition,
        _ columns: [FieldDefinition],
        _ state: ListState,
        _ session: ReadSession,
        _ context: PageContext
    ) throws -> ColumnChoiceModel {
        let shown = columns.filter { $0.key != object.nameField }
        let others = session.readableFields(object).filter { field in
            !columns.contains { $0.key == field.key } && !["id", "version", object.nameField].contains(field.key)
        }
        var model = ColumnChoiceModel(
            action: state.path + "/columns",
            shown: shown.map { Option($0.key, context($0.label)) },
            others: others.map { Option($0.key, context($0.label)) },
            isOwn: try state.columns != nil || session.preference(key(object)) != nil
        )
        model.keep = [Option("_back", state.address())]
        if let view = state.saved { model.keep.append(Option("_view", view.id.description)) }
        return model
    }

    /// Keeps what was chosen; with `reset`, or nothing chosen, the list is as usual again. In a saved view the choice
    /// goes into the address, to be saved with the view.
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
            if let view = try session.savedViews(object).first(where: { $0.id.description == form.text("_view") }) {
                let query = try Query((page.back?.split(separator: "?").dropFirst().first ?? "").utf8)
                var state = ListState(query: query, object, view)
                state.columns = isReset ? nil : chosen
                return page.go(to: state.address())
            }
            try session.setPreference(key(object), isReset ? nil : chosen.joined(separator: ","))
            return page.go(to: page.back ?? Addresses.list(object.plural), .ok, PageTexts.columnsSaved)
        }
    }
}
