import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Keeping views of a list.
    static let savedViews: [Route] = [post("/{plural}/views", ViewHandlers.save)]
}

/// The saved views of a list.
enum ViewHandlers {
    /// The name of the setting that says with which view a person begins.
    static func preference(_ object: ObjectDefinition) -> String { "view:" + object.key }

    /// The menu that keeps the list of now.
    static func model(
        _ state: ListState,
        _ object: ObjectDefinition,
        _ page: PageCall,
        _ session: ReadSession,
        _ chosen: String?
    ) -> SaveViewModel? {
        guard session.actor.userID != nil else { return nil }
        let context = page.context
        let view = state.saved
        let labels: [SavedView.Sharing: Label] = [
            .own: ViewTexts.own, .team: ViewTexts.team, .all: ViewTexts.everybody,
        ]
        let ways = session.viewSharing + [view?.sharing].compactMap(\.self).filter { !session.viewSharing.contains($0) }
        var keep = [
            Option("filter", state.filter), Option("sort", state.sort),
            Option("columns", state.columns?.joined(separator: ",") ?? ""),
        ].filter { !$0.label.isEmpty }
        if let view { keep.append(Option("view", view.id.description)) }
        return SaveViewModel(
            action: state.path + "/views",
            keep: keep,
            name: view?.name,
            changed: state.isChanged,
            mayChange: view.map(session.mayChange) ?? true,
            sharing: ways.map { Option($0.rawValue, context(labels[$0] ?? ViewTexts.own)) },
            sharedWith: view?.sharing.rawValue ?? "own",
            isDefault: view != nil && chosen == view?.id.description,
            mayBeUsual: view?.sharing == .all && session.actor.rights.allows(.settings),
            isUsual: view?.isDefault ?? false
        )
    }

    static func save(_ page: PageCall) async throws -> Reply {
        let (plural, form) = (page.call.parameter("plural"), page.form)
        let path = Addresses.list(plural)
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                let old = try session.savedViews(object).first { $0.id.description == form.text("view") }
                func address(_ id: RecordID) -> String { WebAddress.path(path, ["view": id.description]) }
                switch (form.text("_action"), old) {
                case ("delete", let old?):
                    try session.delete(old.id, of: object)
                    return page.go(to: WebAddress.path(path, ["view": "all"]), .ok, ViewTexts.deleted)
                case ("default", let old?):
                    let key = preference(object)
                    let isChosen = try session.preference(key) == old.id.description
                    try session.setPreference(key, isChosen ? nil : old.id.description)
                    return page.go(to: address(old.id), .ok, PageTexts.saved)
                case ("usual", var old?):
                    old.isDefault = true
                    return page.go(to: address(try session.save(old, of: object)), .ok, ViewTexts.saved)
                case ("save", let old?):
                    var view = shown(form, id: old.id)
                    if view.name.isEmpty { (view.name, view.sharing) = (old.name, old.sharing) }
                    view.isDefault = old.isDefault
                    return page.go(to: address(try session.save(view, of: object)), .ok, ViewTexts.saved)
                default:
                    let view = shown(form, id: RecordID(0))
                    return page.go(to: address(try session.save(view, of: object)), .ok, ViewTexts.saved)
                }
            }
        } catch let problem as Problem where problem.isAboutInput || problem.kind == .forbidden {
            return page.go(to: page.back ?? path, .bad, problem.fields.first?.message ?? problem.message)
        }
    }

    private static func shown(_ form: FormFields, id: RecordID) -> SavedView {
        SavedView(
            id: id,
            name: form.text("name"),
            sharing: SavedView.Sharing(rawValue: form.text("sharing")) ?? .own,
            filter: form.text("filter"),
            sort: form.text("sort"),
            columns: form.text("columns").split(separator: ",").map(String.init)
        )
    }
}
