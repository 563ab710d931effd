import Database
import FieldKinds
import Records
import SQLText
import Schema
import Values

extension Customer {
    static let hooks = Hooks<Customer>()
        .beforeSave("the credit code is written in capitals") { customer, _ in
            guard customer.changes(\.creditCode), let code = customer.creditCode else { return }
            customer.creditCode = String(Fold.fold(code).uppercased().filter { !$0.isWhitespace })
        }
        .beforeSave("a person's name is written in one way") { customer, _ in
            guard customer.type == "person", customer.changes(\.name), let name = customer.name else { return }
            customer.name = PersonName.normalised(name)
        }
        .validate("the credit code has the right check digit") { customer, _ in
            guard customer.changes(\.creditCode), let code = customer.creditCode, !CreditCode.isValid(code) else {
                return []
            }
            return [
                FieldProblem(
                    "credit_code",
                    "invalid_credit_code",
                    Label(
                        "This is no valid unified social credit code. Check all 18 characters; I, O, S, V and Z do not occur.",
                        zh: "统一社会信用代码有误，请核对全部 18 位（不使用字母 I、O、S、V、Z）。"
                    )
                )
            ]
        }
        .validate("no company is above itself") { customer, session in
            guard customer.changes(\.parent), let parent = customer.parent, let id = customer.before?.id,
                try chain(above: parent, session).contains(id)
            else { return [] }
            return [
                FieldProblem(
                    "parent",
                    "cycle",
                    Label("A company cannot be above itself. Choose another one.", zh: "上级公司不能是自己或自己的下级公司，请重新选择。")
                )
            ]
        }

    /// A company and all companies above it, read with the rights of the system: a circle is one for everybody.
    private static func chain(above first: RecordID, _ session: WriteSession) throws -> [RecordID] {
        var chain = [first]
        while chain.count < 1000, let last = chain.last {
            let next = try session.connection.value("SELECT \"parent\" FROM \(name: key) WHERE \"id\" = \(last)")
            guard let id = next.integer.map(RecordID.init), !chain.contains(id) else { return chain }
            chain.append(id)
        }
        return chain
    }
}
