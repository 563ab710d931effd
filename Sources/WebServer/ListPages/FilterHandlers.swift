import Expressions
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Building the filter of a list.
    static let filters: [Route] = [get("/{plural}/filter", FilterHandlers.apply)]
}

/// Building the filter of a list, one condition at a time; the filter itself stands in the address.
enum FilterHandlers {
    /// The panel that the address asks for: `edit` is the place of a condition or `new`; then `in` is the group, `wrap`
    /// the word that joins the new part to what stands at that place, and `field` the field.
    static func editor(
        _ state: ListState,
        _ object: ObjectDefinition,
        _ session: ReadSession,
        _ page: PageCall
    ) throws -> FilterEditorModel? {
        let query = page.call.query
        guard let edit = query["edit"], !edit.isEmpty else { return nil }
        let root = (try? FilterTree.parse(state.filter)) ?? nil
        let place = [("in", query["in"] ?? ""), ("wrap", query["wrap"] ?? "")]
        var model = FilterEditorModel(
            action: Addresses.list(object.plural) + "/filter",
            keep: state.hidden(),
            cancel: state.address(),
            list: state.path
        )
        if state.path.hasSuffix("/board") { model.keep.append(Option("_to", "board")) }
        if state.path == Addresses.newReport { model.keep.append(Option("_to", "report")) }
        // The form needs the filter in the address even where a view says it.
        if !model.keep.contains(where: { $0.value == "filter" }) { model.keep.append(Option("filter", state.filter)) }
        model.expression = state.filter
        if edit == "new" {
            guard let path = query["field"], let field = FilterField.find(path, object, session, page.context) else {
                model.fields = FilterField.groups(object, session, page.context).map { group in
                    .init(
                        group.title,
                        group.fields.map {
                            ($0.label, state.address(state.path, [("edit", "new"), ("field", $0.path)] + place))
                        }
                    )
                }
                return model
            }
            model.keep += [Option("field", path), Option("in", place[0].1), Option("wrap", place[1].1)]
            model.question = try question(field, nil, session, page)
            return model
        }
        guard case .condition(let condition)? = root?.part(at: FilterPlace.read(edit)[...]),
            let field = FilterField.find(condition.path, object, session, page.context)
        else { return nil }
        model.keep += [Option("field", condition.path), Option("at", edit)]
        model.question = try question(field, FilterQuestion(condition, of: field), session, page)
        return model
    }

    private static func question(
        _ field: FilterField,
        _ asked: FilterQuestion?,
        _ session: ReadSession,
        _ page: PageCall
    ) throws -> FilterEditorModel.Question {
        let context = page.context
        var model = FilterEditorModel.Question(
            field.label,
            asks: field.asks,
            ask: asked?.ask ?? field.asks[0],
            isDay: field.isDay,
            isNumber: field.isNumber
        )
        switch field.shape {
        case .choice(let choices):
            model.choices = choices.filter { !$0.hidden || asked?.values.contains($0.key) == true }
                .map { Option($0.key, context($0.label)) }
        case .person:
            model.choices =
                [Option("me", context(FilterTexts.me)), Option("my_teams", context(FilterTexts.myTeams))]
                + (try PeopleChoice.options(page.call.workspace.identities, session))
        case .link:
            let words = FilterWords(session: session, page: page)
            model.choices = (asked?.values ?? []).map { Option($0, words.name(of: $0, field)) }
            if model.choices.isEmpty { model.asks = [.notEmpty, .empty] }
            if asked == nil { model.ask = .notEmpty }
        case .several(let choices):
            model.first =
                (asked?.values.first).map { key in
                    choices.first { $0.key == key }.map { context($0.label) } ?? key
                } ?? ""
        default: break
        }
        if let asked {
            model.ticked = Set(asked.values)
            if model.choices.isEmpty, model.first.isEmpty { model.first = asked.values.first ?? "" }
            model.second = asked.values.count > 1 ? asked.values[1] : ""
            if !asked.days.isEmpty { model.days = asked.days }
            model.period = asked.period
        }
        return model
    }

    /// Puts the condition of the form into the filter and leads back to the list.
    static func apply(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        return try await page.read { session in
            let object = try session.object(plural)
            let query = page.call.query
            let views = try session.savedViews(object)
            var state = ListState(page, object, views, chosen: nil)
            // With `view` the address says which filter that is; the form repeats it.
            if let view = views.first(where: { $0.id.description == query["view"] }) { state.base = .saved(view) }
            if query["_to"] == "board" { state.path += "/board" }
            if query["_to"] == "report", let request = ReportRequest({ query[$0] }) {
                (state.path, state.extra) = (Addresses.newReport, request.parameters)
                if let saved = query["saved"] { state.extra.append(("saved", saved)) }
            }
            guard let field = FilterField.find(query["field"] ?? "", object, session, page.context),
                let condition = FilterQuestion(query)?.condition(field)
            else { return page.go(to: state.address()) }
            let root = (try? FilterTree.parse(state.filter)) ?? nil
            let new = joined(root, .condition(condition), query)
            return page.go(to: state.with(filter: new.text).address())
        }
    }

    private static func joined(_ root: FilterTree?, _ part: FilterTree, _ query: Query) -> FilterTree {
        guard let root else { return part }
        if let at = query["at"] { return root.replacing(at: FilterPlace.read(at)[...], with: part) ?? part }
        let place = FilterPlace.read(query["in"] ?? "")
        guard let old = root.part(at: place[...]) else { return root }
        let grown: FilterTree =
            switch (old, query["wrap"]) {
            case (.any(let parts), "any"), (.any(let parts), ""), (.any(let parts), nil): .any(parts + [part])
            case (.all(let parts), "all"), (.all(let parts), ""), (.all(let parts), nil): .all(parts + [part])
            case (_, "any"): .any([old, part])
            default: .all([old, part])
            }
        return root.replacing(at: place[...], with: grown) ?? part
    }
}
