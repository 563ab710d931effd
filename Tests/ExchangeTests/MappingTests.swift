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

    @Test func `a column whose values do not fit is left out and says so`() {
        let mapping = ImportMapping.propose(
            headers: ["name", "birthday", "id"],
            sampleRows: [["A", "soon", "001x0000002xLCVAA2"]],
            object: Contact.definition,
            schema: schema
        )
        #expect(mapping.columns.map(\.field) == ["name", nil, nil])
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
