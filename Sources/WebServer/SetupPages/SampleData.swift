import Database
import Expressions
import Identity
import Records
import SQLText
import Schema
import Values

/// A few believable records to look around with; they are remembered, so that one click removes them for ever.
enum SampleData {
    private static let key = "sample_data"

    static func exists(_ session: ReadSession) throws -> Bool { try SetupHandlers.setting(key, session) != nil }

    private struct Firm {
        let name: Label
        let person: Label
        let mobile: String
        let deal: Label
        let amount: String
        let stage: String
    }

    private static let firms = [
        Firm(
            name: Label("Sample · Hangzhou Yunfan Technology", zh: "示例·杭州云帆科技"),
            person: Label("Zhou Min", zh: "周敏"),
            mobile: "13800138001",
            deal: Label("Yunfan yearly licences", zh: "云帆 CRM 年度采购"),
            amount: "120000",
            stage: "potential"
        ),
        Firm(
            name: Label("Sample · Suzhou Hengli Machinery", zh: "示例·苏州恒力机械"),
            person: Label("Chen Li", zh: "陈立"),
            mobile: "13800138002",
            deal: Label("Hengli line refit", zh: "恒力生产线改造"),
            amount: "860000",
            stage: "interested"
        ),
        Firm(
            name: Label("Sample · Chengdu Lanhai Restaurants", zh: "示例·成都蓝海餐饮"),
            person: Label("Liu Fang", zh: "刘芳"),
            mobile: "13800138003",
            deal: Label("Lanhai membership system", zh: "蓝海门店会员系统"),
            amount: "56000",
            stage: "negotiating"
        ),
        Firm(
            name: Label("Sample · Shanghai Yuanwang Trading", zh: "示例·上海远望贸易"),
            person: Label("Wang Qiang", zh: "王强"),
            mobile: "13800138004",
            deal: Label("Yuanwang import agency", zh: "远望进口代理"),
            amount: "300000",
            stage: "interested"
        ),
    ]

    private static let call = Label("What they need", zh: "电话沟通需求")
    private static let task = Label("Send the quote", zh: "发送报价")

    static func make(_ session: WriteSession) throws {
        guard try !exists(session) else {
            throw Problem(.conflict, "sample_exists", Label("The sample data is here already.", zh: "示例数据已存在。"))
        }
        let (today, language) = (session.expressionContext.today, session.actor.language)
        func text(_ label: Label) -> JSONValue { .string(label.text(language)) }
        var made: [(plural: String, id: RecordID)] = []
        func add(_ plural: String, _ members: [(String, JSONValue)]) throws -> RecordID {
            let input = JSONValue.object(members.map { .init(key: $0.0, value: $0.1) })
            let record = try session.create(try session.object(plural), input)
            made.append((plural, record.id))
            return record.id
        }
        for (index, firm) in firms.enumerated() {
            let customer = try add("customers", [("name", text(firm.name)), ("phone", .string(firm.mobile))])
            let link = JSONValue.string(customer.description)
            _ = try add(
                "contacts",
                [("name", text(firm.person)), ("customer", link), ("mobile", .string(firm.mobile))]
            )
            let close = today.adding(days: 14 + index * 10).description
            _ = try add(
                "opportunities",
                [
                    ("name", text(firm.deal)), ("customer", link), ("amount", .string(firm.amount)),
                    ("stage", .string(firm.stage)), ("close_on", .string(close)),
                ]
            )
            _ = try add(
                "activities",
                [("kind", .string("call")), ("subject", text(call)), ("customer", link)]
            )
            let due = today.adding(days: index).description
            _ = try add(
                "activities",
                [("kind", .string("task")), ("subject", text(task)), ("customer", link), ("due_on", .string(due))]
            )
        }
        let list = JSONValue.array(made.map { .string($0.plural + "/" + $0.id.description) })
        try SetupHandlers.set(key, list.text, session)
    }

    /// The latest first: what belongs to a record goes before it.
    static func remove(_ session: WriteSession) throws {
        guard let text = try SetupHandlers.setting(key, session) else { return }
        for entry in (try JSONReader.parse(text).array ?? []).compactMap(\.string).reversed() {
            let parts = entry.split(separator: "/").map(String.init)
            guard parts.count == 2, let id = RecordID(parts[1]), let object = try? session.object(parts[0]) else {
                continue
            }
            do {
                try session.delete(object, id)
            } catch let problem as Problem where problem.kind == .notFound {
                // It lies in the recycle bin already, or is gone.
            }
            do {
                try session.purge(object, id)
            } catch let problem as Problem where problem.kind == .notFound {
                continue
            }
        }
        try session.connection.run("DELETE FROM sys_setting WHERE key = \(key)")
    }
}

/// Fields that an industry asks for.
struct IndustryTemplate {
    let key: String
    let label: Label
    /// Object, key, label and kind with its settings as JSON.
    let fields: [(object: String, key: String, label: Label, kind: String)]

    static let all = [
        IndustryTemplate(
            key: "manufacturing",
            label: Label("Manufacturing", zh: "制造业"),
            fields: [
                ("customer", "x_equipment", Label("Main equipment", zh: "主要设备"), #""kind":"text""#),
                ("customer", "x_annual_output", Label("Annual output", zh: "年产值"), #""kind":"money""#),
                ("opportunity", "x_delivery_on", Label("Wanted delivery", zh: "期望交期"), #""kind":"date""#),
            ]
        ),
        IndustryTemplate(
            key: "software",
            label: Label("Software", zh: "软件与互联网"),
            fields: [
                ("customer", "x_seats", Label("Users", zh: "用户数"), #""kind":"number""#),
                (
                    "opportunity", "x_hosting", Label("Hosting", zh: "部署方式"),
                    #""kind":"choice","choices":[{"key":"cloud","label":{"en":"Cloud","zh":"云端"}},{"key":"on_premise","label":{"en":"On premise","zh":"本地部署"}}]"#
                ),
                ("opportunity", "x_contract_months", Label("Contract months", zh: "合同月数"), #""kind":"number""#),
            ]
        ),
        IndustryTemplate(
            key: "trade",
            label: Label("Foreign trade", zh: "外贸"),
            fields: [
                ("customer", "x_port", Label("Port of destination", zh: "目的港"), #""kind":"text""#),
                (
                    "opportunity", "x_incoterm", Label("Incoterm", zh: "贸易术语"),
                    #""kind":"choice","choices":[{"key":"fob","label":{"en":"FOB","zh":"离岸价 FOB"}},{"key":"cif","label":{"en":"CIF","zh":"到岸价 CIF"}},{"key":"exw","label":{"en":"EXW","zh":"工厂交货 EXW"}},{"key":"ddp","label":{"en":"DDP","zh":"完税后交货 DDP"}}]"#
                ),
            ]
        ),
        IndustryTemplate(
            key: "services",
            label: Label("Services", zh: "专业服务"),
            fields: [
                ("opportunity", "x_starts_on", Label("Project start", zh: "项目开始日期"), #""kind":"date""#),
                ("opportunity", "x_days", Label("Days planned", zh: "预计人天"), #""kind":"number""#),
            ]
        ),
    ]

    /// Adds what is missing; what there is stays as it is.
    static func apply(_ key: String, _ page: PageCall) async throws {
        guard let template = all.first(where: { $0.key == key }) else {
            throw Problem.invalid("template", "required", Label("Choose an industry.", zh: "请选择行业。"))
        }
        let (engine, actor) = (page.call.engine, try page.actor)
        for field in template.fields where engine.schema.object(field.object)?.field(field.key) == nil {
            let label = #"{"en":"\#(field.label.en)","zh":"\#(field.label.zh)"}"#
            let input = try JSONReader.parse(#"{"key":"\#(field.key)","label":\#(label),\#(field.kind)}"#)
            try await engine.apply(.addField(object: field.object, input), as: actor)
        }
    }
}
