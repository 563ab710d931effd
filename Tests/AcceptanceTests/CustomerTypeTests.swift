import Customers
import Identity
import Records
import Schema
import Testing
import Values

/// AT11: companies and persons as customers.
@Suite struct CustomerTypeTests {
    private func asked(_ company: Company, for type: String) -> Set<String> {
        let fields = company.engine.schema.object("customer")?.fields ?? []
        return Set(
            fields.filter { field in
                guard let condition = field.shownWhen else { return !field.system }
                return condition.field == "type" && condition.keys.contains(type)
            }.map(\.key)
        )
    }

    @Test func `a person is asked for gender and birthday, a company for its credit code`() async throws {
        let company = try await Company.open()
        let (person, firm) = (asked(company, for: "person"), asked(company, for: "company"))
        #expect(person.isSuperset(of: ["name", "gender", "birthday", "id_number", "wechat"]))
        #expect(person.isDisjoint(with: ["credit_code", "legal_representative", "registered_capital", "parent"]))
        #expect(firm.isSuperset(of: ["name", "credit_code", "legal_representative", "industry", "employees"]))
        #expect(firm.isDisjoint(with: ["gender", "birthday", "id_number"]))
        let types = company.engine.schema.object("customer")?.field("type")?.kind.choices.map(\.label.zh)
        #expect(types == ["企业客户", "个人客户"])
    }

    @Test(arguments: ["91310000MA1FL0BXXA", "91350100M000100Y43 ", "９１３５０１００Ｍ０００１００Ｙ４３", "91350100m000100y43"])
    func `a credit code needs the right check digit`(code: String) async throws {
        let company = try await Company.open()
        let isRight = code.hasPrefix("91350100") || code.hasPrefix("９")
        let outcome = await problem {
            let made = try await company.make(
                "customers",
                #"{"name":"某公司","credit_code":"\#(code)"}"#,
                as: company.colleague
            )
            #expect(made["credit_code"] == .text("91350100M000100Y43"))
        }
        #expect(outcome?.fields.first?.code == (isRight ? nil : "invalid_credit_code"))
    }

    @Test func `every single wrong character of a credit code is noticed`() async throws {
        let company = try await Company.open()
        let right = Array("91350100M000100Y43")
        for place in right.indices {
            var wrong = right
            wrong[place] = right[place] == "7" ? "8" : "7"
            let code = String(wrong)
            let refused = await problem {
                try await company.make("customers", #"{"name":"某","credit_code":"\#(code)"}"#, as: company.colleague)
            }
            #expect(refused?.fields.first?.code == "invalid_credit_code", "\(code)")
        }
    }

    @Test func `two customers cannot have one credit code, unless one of them is deleted`() async throws {
        let company = try await Company.open()
        let input = #"{"name":"甲","credit_code":"91350100M000100Y43"}"#
        let first = try await company.make("customers", input, as: company.colleague)
        let twice = await problem { try await company.make("customers", input, as: company.stranger) }
        #expect(twice?.kind == .conflict || twice?.kind == .invalid)
        #expect(twice?.message.zh.contains("甲") != true)
        try await company.engine.write(as: company.colleague) { try $0.delete(try $0.object("customers"), first.id) }
        try await company.make("customers", input, as: company.stranger)
        let back = await problem {
            try await company.engine.write(as: company.colleague) {
                _ = try $0.restore(try $0.object("customers"), first.id)
            }
        }
        #expect(back?.kind == .conflict || back?.kind == .invalid)
    }

    @Test func `changing the type keeps the data of the other type`() async throws {
        let company = try await Company.open()
        let made = try await company.make(
            "customers",
            #"{"name":"林记茶行","type":"company","credit_code":"91350100M000100Y43","employees":12}"#,
            as: company.colleague
        )
        try await company.change(
            "customers",
            made.id,
            #"{"type":"person","gender":"female","birthday":"1988-02-29"}"#,
            as: company.colleague
        )
        let person = try await company.show("customers", made.id, as: company.colleague)
        #expect(person["type"]?.string == "person" && person["birthday"]?.string == "1988-02-29")
        #expect(person["credit_code"]?.string == "91350100M000100Y43" && person["employees"]?.integer == 12)
        try await company.change("customers", made.id, #"{"type":"company"}"#, as: company.colleague)
        let firm = try await company.show("customers", made.id, as: company.colleague)
        #expect(firm["credit_code"]?.string == "91350100M000100Y43" && firm["gender"]?.string == "female")
    }
}
