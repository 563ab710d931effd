import Duplicates
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

extension PageRoutes {
    /// Turning a lead into a customer.
    static let conversion: [Route] = [
        get("/{plural}/{id}/convert", ConvertHandlers.form),
        post("/{plural}/{id}/convert", ConvertHandlers.convert),
    ]
}

/// The form that turns a lead into a customer, a contact and an opportunity.
enum ConvertHandlers {
    static func form(_ page: PageCall) async throws -> Reply { try await form(page, nil) }

    private static func form(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let view = try RecordSheet(try session.object(plural), id, session, page)
            let verb = page.call.engine.actions(of: view.object.key).first { $0.name == "convert" }
            guard let verb, !view.isDeleted else { throw Problem.noSuchAddress }
            guard try session.may(.update, view.object, id) else {
                throw Problem.forbidden(
                    Label("You may read this record but not change it.", zh: "您只能查看这条记录，不能修改。")
                )
            }
            let context = page.context
            let title = context(verb.label) + context(PageTexts.colon) + view.title
            let form = RecordForm(view.object, session, page)
            var models = fields(page, session)
            let rest = problem.map { form.mark(&models, $0) } ?? []
            var model = FormModel(
                title: title,
                action: view.address + "/convert",
                sections: [FormSection(nil, models)],
                problems: rest,
                saveLabel: context(verb.label),
                cancel: view.address
            )
            model.notice = try existing(view.object, id, session, context)
            return PageBody(
                title,
                FormPage.html(model, in: context),
                current: Addresses.list(view.object.plural),
                crumbs: view.crumbs + [Crumb(view.title, view.address)]
            )
        }
    }

    /// Customers and contacts that are likely the same as the lead, each with a button that converts it into that one.
    private static func existing(
        _ object: ObjectDefinition,
        _ id: RecordID,
        _ session: ReadSession,
        _ context: PageContext
    ) throws -> HTML {
        let found = try session.duplicates(of: object, id).found.filter { $0.object != object.key }
        if found.isEmpty { return .empty }
        var hints = DuplicateHandlers.hints(found, session, context)
        for (index, like) in found.enumerated() where hints.indices.contains(index) {
            hints[index].into = like.record.map { "\(like.object):\($0.id)" }
        }
        return DuplicateNotice.html(hints, blocks: false, text: DuplicateTexts.convertWarning, in: context)
    }

    /// An existing customer or none; whether a contact and an opportunity are made.
    private static func fields(_ page: PageCall, _ session: ReadSession) -> [FieldModel] {
        func field(_ key: String, _ label: Label, _ kind: FieldKind, help: Label?) -> FieldModel {
            var definition = FieldDefinition(id: key, key: key, label: label, kind: kind)
            definition.help = help
            definition.required = kind == .boolean
            var model = FieldModel(definition)
            model.inputs[""] = page.form[key]
            return model
        }
        var customer = field(
            "customer",
            PageTexts.intoCustomer,
            .link(to: "customer"),
            help: PageTexts.intoCustomerHelp
        )
        if let object = session.schema.object("customer"), (try? session.object(object.plural)) != nil {
            customer.suggestAddress = Addresses.suggest(object.plural, nameField: object.nameField)
            customer.suggestName = object.nameField
        }
        var contact = field("contact", PageTexts.withContact, .boolean, help: nil)
        var opportunity = field("opportunity", PageTexts.withOpportunity, .boolean, help: nil)
        contact.inputs[""] = contact.inputs[""] ?? "true"
        opportunity.inputs[""] = opportunity.inputs[""] ?? "false"
        let name = field(
            "opportunity_name",
            PageTexts.opportunityName,
            .text(max: 200),
            help: PageTexts.opportunityHelp
        )
        return [customer, contact, opportunity, name]
    }

    static func convert(_ page: PageCall) async throws -> Reply {
        let (plural, id, engine) = (page.call.parameter("plural"), try page.call.recordID(), page.call.engine)
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                guard let verb = engine.actions(of: object.key).first(where: { $0.name == "convert" }) else {
                    throw Problem.noSuchAddress
                }
                _ = try session.find(object, id)
                let answer = try verb.run(id, try input(page, session), session)
                let customer = answer["customer"]?["id"]?.string.flatMap { RecordID($0) }
                let customers = session.schema.object("customer")
                if let customer, let customers, (try? session.find(customers, customer)) != nil {
                    let address = Addresses.record(customers.plural, customer.description)
                    return page.go(to: address, .ok, PageTexts.converted)
                }
                return page.go(to: Addresses.record(object.plural, id.description), .ok, PageTexts.converted)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await form(page, problem)
        }
    }

    /// The customer or contact whose button was pressed: `customer:ID`, `contact:ID`.
    private static func chosen(_ page: PageCall, _ session: ReadSession) throws -> [JSONValue.Member] {
        let parts = page.form.text("_into").split(separator: ":").map(String.init)
        guard parts.count == 2, let id = RecordID(parts[1]), let object = session.schema.object(parts[0]) else {
            return []
        }
        let into = JSONValue.Member(key: object.key, value: .string(id.description))
        guard object.key == "contact" else { return [into] }
        // The contact brings its customer.
        let customer = try session.find(object, id)["customer"].integer.map { RecordID($0).description }
        return [into] + (customer.map { [.init(key: "customer", value: .string($0))] } ?? [])
    }

    private static func input(_ page: PageCall, _ session: ReadSession) throws -> JSONValue {
        var members = try chosen(page, session)
        let text = page.form.text("customer")
        if members.isEmpty, !text.isEmpty, let object = session.schema.object("customer") {
            var definition = FieldDefinition(
                id: "customer",
                key: "customer",
                label: PageTexts.intoCustomer,
                kind: .link(to: object.key)
            )
            definition.required = false
            var model = FieldModel(definition)
            model.inputs[""] = text
            let form = RecordForm(object, session, page)
            let chosen = try form.input([model], before: [])
            members.append(.init(key: "customer", value: chosen["customer"] ?? .null))
        }
        if !members.contains(where: { $0.key == "contact" }) {
            members.append(.init(key: "contact", value: .bool(page.form.isOn("contact"))))
        }
        let name = page.form.text("opportunity_name")
        if page.form.isOn("opportunity"), !name.isEmpty {
            members.append(
                .init(key: "opportunity", value: .object([.init(key: "name", value: .string(name))]))
            )
        } else {
            members.append(.init(key: "opportunity", value: .bool(page.form.isOn("opportunity"))))
        }
        return .object(members)
    }
}
