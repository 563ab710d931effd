import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// The layout of an object's pages.
    static let layouts: [Route] = [
        get(Addresses.objects + "/{object}/layout", LayoutHandlers.show),
        post(Addresses.objects + "/{object}/layout", LayoutHandlers.save),
    ]
}

/// The order of fields on forms and records, and for which type of record each is shown: a company is asked for other
/// things than a person. What a layout hides is not secret; rights on fields are.
enum LayoutHandlers {
    /// Of choice fields with more entries than this no condition is offered.
    private static let mostChoices = 12

    static func address(_ object: String) -> String { ObjectHandlers.address(object) + "/layout" }

    static func show(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.schema)
        let key = page.call.parameter("object")
        return try await page.show { session in
            guard let object = session.schema.object(key) else { throw Problem.notFound }
            let context = page.context
            let title = context(object.label) + " · " + context(LayoutWords.title)
            let conditions = conditions(object, context)
            let rows = fields(object).enumerated().map { place, field -> RowModel in
                let label = context(field.label)
                let name: HTML = """
                    <button class="k-grip" type="button" data-grip="\(label)" aria-label="\(context(LayoutWords.move(field.label)))" \
                    hidden>\(Icons.use("grip"))</button>\(label)
                    """
                let order: HTML = """
                    <input class="k-input k-place" type="number" name="place.\(field.key)" value="\((place + 1) * 10)" \
                    aria-label="\(context(LayoutWords.place)) \(label)">
                    """
                return RowModel(
                    id: field.key,
                    name: label,
                    cells: [.html(name), .html(order), .html(select(field, conditions, context))]
                )
            }
            let table = TableModel(
                caption: title,
                columns: [
                    ColumnModel("label", context(LayoutWords.field)), ColumnModel("place", context(LayoutWords.place)),
                    ColumnModel("when", context(LayoutWords.when)),
                ],
                rows: rows
            )
            let html: HTML = """
                <div class="k-medium">\(Layout.head(HTML(text: title), text: context(LayoutWords.text)))\
                <form class="k-panel" method="post" action="\(address(object.key))" data-order>\(context.csrfField)\
                <p class="k-hidden" role="status" data-order-voice="\(context(LayoutWords.voice))"></p>\(Table.html(table, in: context))\
                <div class="k-form-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button></div></form></div>
                """
            let crumbs = [
                AdminCrumbs.settings(page), AdminCrumbs.objects(page),
                Crumb(context(object.label), ObjectHandlers.address(object.key)),
            ]
            var body = PageBody(title, html, current: Addresses.settings, crumbs: crumbs)
            body.scripts = [ThirdParty.sortable, Assets.order].compactMap(\.self)
            return body
        }
    }

    private static func fields(_ object: ObjectDefinition) -> [FieldDefinition] {
        object.visibleFields.filter { !$0.system }
    }

    /// What a field can be tied to: one choice of a field that tells types apart.
    private static func conditions(_ object: ObjectDefinition, _ context: PageContext) -> [(
        field: String, option: Option
    )] {
        fields(object).flatMap { field -> [(field: String, option: Option)] in
            guard case .choice(let all) = field.kind else { return [] }
            let choices = all.filter { !$0.hidden }
            guard choices.count <= mostChoices else { return [] }
            let name = context(field.label) + context(PageTexts.colon)
            return choices.map { (field.key, Option(field.key + "=" + $0.key, name + context($0.label))) }
        }
    }

    private static func text(_ condition: FieldDefinition.Condition?) -> String {
        condition.map { $0.field + "=" + $0.keys.joined(separator: ",") } ?? ""
    }

    private static func select(
        _ field: FieldDefinition,
        _ conditions: [(field: String, option: Option)],
        _ context: PageContext
    ) -> HTML {
        let now = text(field.shownWhen)
        var options = [Option("", context(LayoutWords.always))]
        options += conditions.filter { $0.field != field.key }.map(\.option)
        if !options.contains(where: { $0.value == now }) { options.append(Option(now, now)) }
        let items = HTML.each(options) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == now)>\($0.label)</option>"
        }
        return """
            <select class="k-input" name="when.\(field.key)" aria-label="\(context(LayoutWords.when)) \(context(field.label))">\(items)</select>
            """
    }

    static func save(_ page: PageCall) async throws -> Reply {
        let (actor, engine, form) = (try page.actor, page.call.engine, page.form)
        try actor.require(.schema)
        guard let object = engine.schema.object(page.call.parameter("object")) else { throw Problem.notFound }
        let fields = fields(object)
        let places = fields.enumerated().map { place, field in
            (field: field, place: Int(form.text("place." + field.key)) ?? (place + 1) * 10, old: place)
        }
        let order = places.sorted { ($0.place, $0.old) < ($1.place, $1.old) }.map(\.field.key)
        do {
            if order != fields.map(\.key) {
                let list = JSONValue.array(order.map(JSONValue.string))
                try await engine.apply(
                    .updateObject(object.key, .object([.init(key: "field_order", value: list)])),
                    as: actor
                )
            }
            for field in fields {
                guard let wanted = form["when." + field.key], wanted != text(field.shownWhen) else { continue }
                let change = JSONValue.object([.init(key: "shown_when", value: try condition(wanted, field, object))])
                try await engine.apply(.updateField(object: object.key, key: field.key, change), as: actor)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: address(object.key), .bad, problem.fields.first?.message ?? problem.message)
        }
        return page.go(to: address(object.key), .ok, PageTexts.saved)
    }

    private static func condition(_ text: String, _ field: FieldDefinition, _ object: ObjectDefinition) throws
        -> JSONValue
    {
        if text.isEmpty { return .null }
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let keys = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : []
        let choices = parts.first.flatMap { object.field($0) }?.kind.choices.map(\.key) ?? []
        guard !keys.isEmpty, parts[0] != field.key, keys.allSatisfy(choices.contains) else {
            throw Problem.invalid("when", "unknown_choice", Label("There is no such choice.", zh: "没有这个选项。"))
        }
        return .object([
            .init(key: "field", value: .string(parts[0])), .init(key: "in", value: .array(keys.map(JSONValue.string))),
        ])
    }
}

/// The words of layouts.
enum LayoutWords {
    static let title = Label("Layout", zh: "页面布局")
    static let text = Label(
        "The order of fields on forms and records, and for which type of record each is shown. To keep a field from people, use rights.",
        zh: "设置表单和详情页的字段顺序，以及各字段对哪类记录显示。如需保密，请设置字段权限。"
    )
    static let field = Label("Field", zh: "字段")
    static let place = Label("Place", zh: "顺序")
    static let voice = Label("NAME: place PLACE", zh: "NAME：第 PLACE 位")
    static let when = Label("Shown for", zh: "显示条件")
    static let always = Label("All records", zh: "所有记录")

    /// Names the grip of a field.
    static func move(_ field: Label) -> Label {
        Label("Move \(field.en): drag, or use the arrow keys", zh: "移动\(field.zh)：拖动，或按上下方向键")
    }
}
