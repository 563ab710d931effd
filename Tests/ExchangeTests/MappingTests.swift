import Customers
import Exchange
import Foundation
import Sales
import Schema
import Testing
import Values

@Suite struct MappingTests {
    private let schema = SchemaSnapshot(
        version: 1,
        objects: [Customer.definition, Contact.definition, Lead.definition, Opportunity.definition, Product.definition]
    )

    private func fields(_ object: ObjectDefinition, _ headers: [String], _ rows: [[String]] = []) -> [String?] {
        ImportMapping.propose(headers: headers, sampleRows: rows, object: object, schema: schema).columns.map(\.field)
    }

    private func known(_ name: String) throws -> [String] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: try sample("known_export_headers.json"))))
        return try JSONReader.parse(bytes)[name]?.array?.compactMap(\.string) ?? []
    }

    @Test func `Chinese headers of a customer list find their fields`() throws {
        let read = try rows(try sample("customers-gb18030.csv")).map(\.cells)
        let mapping = ImportMapping.propose(
            headers: read[0],
            sampleRows: Array(read.dropFirst()),
            object: Customer.definition,
            schema: schema
        )
        #expect(
            mapping.columns.map(\.field) == [
                "name", nil, "phone", "email", "address.province", "address.city", "address.street", "level",
                "annual_revenue", nil, "description",
            ]
        )
        #expect(mapping.columns[8].scale == 10_000)
        #expect(mapping.columns[1].note != nil)
    }

    @Test func `on a contact the customer's name is the link`() {
        let found = fields(Contact.definition, ["姓名", "客户名称", "手机", "职位", "负责人", "客户编号", "创建时间"])
        #expect(found == ["name", "customer.name", "mobile", "title", "owner", "customer.code", nil])
        #expect(fields(Contact.definition, ["名字", "姓", "公司"]) == ["name", "name", "customer"])
    }

    @Test func `exports of other systems find their fields`() throws {
        func found(_ object: ObjectDefinition, _ name: String) throws -> [String: String] {
            let headers = try known(name)
            let pairs = zip(headers, fields(object, headers)).compactMap { header, field in field.map { (header, $0) } }
            return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }
        let accounts = try found(Customer.definition, "salesforce_account_api")
        #expect(accounts["Name"] == "name")
        #expect(accounts["BillingCity"] == "address.city")
        #expect(accounts["NumberOfEmployees"] == "employees")
        #expect(accounts["AnnualRevenue"] == "annual_revenue")
        let companies = try found(Customer.definition, "hubspot_companies")
        #expect(companies["Company name"] == "name")
        #expect(companies["Company owner"] == "owner")
        let contacts = try found(Contact.definition, "hubspot_contacts")
        #expect(contacts["First Name"] == "name")
        #expect(contacts["Company Name"] == "customer.name" || contacts["Company Name"] == "customer")
        #expect(contacts["Email"] == "email")
        let leads = try found(Lead.definition, "salesforce_lead_report")
        #expect(leads["Company / Account"] == "company")
        #expect(leads["Lead Owner"] == "owner")
        let deals = try found(Opportunity.definition, "hubspot_deals")
        #expect(deals["Deal Name"] == "name")
        #expect(deals["Deal Stage"] == "stage")
        let pipeline = try found(Opportunity.definition, "maven_sales_pipeline")
        #expect(pipeline["account"] == "customer")
        #expect(pipeline["sales_agent"] == "owner")
        #expect(pipeline["close_value"] == "amount")
        #expect(pipeline["product"] == "product")
        let outlook = try found(Contact.definition, "outlook_contacts_csv")
        #expect(outlook["E-mail Address"] == "email")
        #expect(outlook["Mobile Phone"] == "mobile")
        #expect(outlook["Business City"] == "address.city")
    }

    @Test func `what the exports of each system hold finds its place`() throws {
        let objects: [(name: String, object: ObjectDefinition, fields: Set<String>)] = [
            (
                "google_contacts_csv_classic", Contact.definition,
                ["name", "birthday", "description", "tags", "email", "phone", "address.street", "customer", "title"]
            ),
            (
                "outlook_contacts_csv", Contact.definition,
                ["name", "salutation", "customer", "department", "title", "address.city", "phone", "mobile", "email"]
            ),
            ("hubspot_contacts", Contact.definition, ["name", "email", "phone", "title", "customer", "owner"]),
            ("hubspot_companies", Customer.definition, ["name", "website", "owner", "phone", "industry", "employees"]),
            ("hubspot_deals", Opportunity.definition, ["name", "stage", "pipeline", "amount", "close_on", "owner"]),
            (
                "salesforce_account_api", Customer.definition,
                [
                    "name", "type", "address.street", "phone", "code", "website", "industry", "annual_revenue",
                    "description",
                ]
            ),
            (
                "salesforce_lead_report", Lead.definition,
                ["owner", "name", "title", "company", "email", "phone", "mobile", "source", "status", "address.city"]
            ),
            ("zoho_leads_demo", Lead.definition, ["name", "company", "owner", "email", "mobile", "website", "source"]),
            ("zoho_contacts_demo", Contact.definition, ["name", "owner", "email", "mobile"]),
            ("zoho_accounts_demo", Customer.definition, ["name", "owner", "type", "industry", "website"]),
            (
                "zoho_potentials_demo", Opportunity.definition,
                ["name", "owner", "close_on", "amount", "stage", "source", "probability"]
            ),
            (
                "maven_sales_pipeline", Opportunity.definition,
                ["name", "owner", "product", "customer", "stage", "started_on", "close_on", "amount"]
            ),
        ]
        for entry in objects {
            let found = Set(fields(entry.object, try known(entry.name)).compactMap { $0 })
            #expect(entry.fields.isSubset(of: found), "\(entry.name): \(entry.fields.subtracting(found))")
        }
    }

    @Test func `exports of Chinese systems find their fields`() {
        let customers = fields(
            Customer.definition,
            ["客户名称（必填）", "客户编号", "负责人（必填）", "客户级别", "客户来源", "一级行业", "省", "市", "区", "详细地址", "电话", "网址", "邮件", "备注"]
        )
        #expect(
            customers == [
                "name", "code", "owner", "level", "source", "industry", "address.province", "address.city",
                "address.district", "address.street", "phone", "website", "email", "description",
            ]
        )
        let contacts = fields(
            Contact.definition,
            ["姓名（必填）", "客户名称（必填）", "职务", "部门", "手机1", "电话1", "邮件", "性别", "生日", "负责人（必填）", "微信"]
        )
        #expect(
            contacts == [
                "name", "customer.name", "title", "department", "mobile", "phone", "email", "gender", "birthday",
                "owner",
                "wechat",
            ]
        )
        let deals = fields(
            Opportunity.definition,
            ["商机名称（必填）", "客户名称（必填）", "商机金额（元）", "预计成交日期", "销售阶段", "负责人（必填）", "赢率", "商机来源"]
        )
        #expect(
            deals == ["name", "customer.name", "amount", "close_on", "stage", "owner", "probability", "source"]
        )
    }

    @Test func `headings say when and by whom a record was made, for whoever may bring that along`() {
        func found(_ header: String, past: Set<String>) -> ImportMapping.Column {
            ImportMapping.propose(
                headers: ["name", header],
                sampleRows: [],
                object: Opportunity.definition,
                schema: schema,
                past: past
            ).columns[1]
        }
        let headings = [
            "created_at": [
                "创建时间", "创建日期（必填）", "建档日期", "录入时间", "created_at", "Created", "CreatedDate", "Created Date",
                "Create Date", "Created Time", "Created On", "Record created", "Object create date/time",
            ],
            "created_by": ["创建人", "创建者", "录入人", "created_by", "Created by", "CreatedBy", "Creator"],
            "created_by.id": ["CreatedById", "created_by_id", "创建人·编号"],
            "created_by.email": ["Created By E-mail", "创建人邮箱"],
        ]
        for (field, headers) in headings {
            for header in headers {
                #expect(found(header, past: ["created_at", "created_by"]).field == field, "\(header)")
                let left = found(header, past: [])
                #expect(left.field == nil, "\(header)")
                #expect(left.note?.zh.contains("修改系统设置") == true, "\(header)")
            }
        }
        #expect(found("修改时间", past: ["created_at", "created_by"]).note?.zh == "由系统维护，不导入。")
    }

    @Test func `since when an opportunity is in its stage comes with when it was made, or not at all`() {
        func found(_ headers: [String]) -> [String?] {
            ImportMapping.propose(
                headers: headers,
                sampleRows: [],
                object: Opportunity.definition,
                schema: schema,
                past: ["created_at", "created_by", "stage_changed_at"]
            ).columns.map(\.field)
        }
        let since = ["进入阶段时间", "In stage since", "stage_changed_at", "Last Stage Change Date", "阶段变更时间"]
        for header in since {
            #expect(found(["name", header]) == ["name", nil], "\(header)")
            #expect(found(["name", header, "Create Date"]) == ["name", "stage_changed_at", "created_at"], "\(header)")
        }
    }

    @Test func `a column whose values do not fit is left out and says so`() {
        let mapping = ImportMapping.propose(
            headers: ["name", "birthday", "id"],
            sampleRows: [["A", "soon", "001x0000002xLCVAA2"]],
            object: Contact.definition,
            schema: schema
        )
        // An id of Salesforce tells where the record comes from; 17 would tell nothing.
        #expect(mapping.columns.map(\.field) == ["name", nil, "id.source"])
        #expect(mapping.columns[1].note?.zh.contains("生日") == true)
    }

    @Test func `a mapping is the same after it was written and read`() throws {
        let text = """
            {"columns":[{"header":"阶段","field":"stage","values":{"赢单":"won"}},
            {"header":"金额（万）","field":"amount","scale":10000},{"header":"x","field":null}],
            "defaults":{"source":"other"},"empty":"clear"}
            """
        let mapping = try ImportMapping(try JSONReader.parse(text))
        #expect(try ImportMapping(try JSONReader.parse(mapping.text)) == mapping)
        #expect(mapping.clearsEmpty && mapping.columns[1].scale == 10_000)
        let short = try ImportMapping(try JSONReader.parse(#"{"columns":{"a":"name","b":null}}"#))
        #expect(short.columns == [.init("a", "name"), .init("b", nil)])
    }

    @Test(
        arguments: [
            "{}", "[]", #"{"columns":3}"#, #"{"columns":[{"field":"a"}]}"#, #"{"columns":[],"x":1}"#,
            #"{"columns":[{"header":"a","field":1}]}"#, #"{"columns":[{"header":"a","scale":-1}]}"#,
            #"{"columns":[],"empty":"maybe"}"#,
        ]
    )
    func `a wrong mapping is refused with its place`(_ text: String) async throws {
        let json = try JSONReader.parse(text)
        #expect(await problem { _ = try ImportMapping(json) }?.code == "invalid_mapping")
    }
}
