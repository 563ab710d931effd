import Records
import Schema
import Values

extension Lead {
    static let hooks = Hooks<Lead>()
        .validate("only a conversion makes a lead converted") { lead, _ in
            guard lead.changes(\.status) else { return [] }
            if lead.before?.status == "converted" {
                return [
                    FieldProblem(
                        "status",
                        "converted",
                        Label("A converted lead stays converted.", zh: "线索已转化，不能再修改状态。")
                    )
                ]
            }
            guard lead.status == "converted", lead.convertedAt == nil else { return [] }
            return [
                FieldProblem(
                    "status",
                    "use_convert",
                    Label("Use «Convert» to make a lead a customer.", zh: "请使用“转化”操作将线索转为客户。")
                )
            ]
        }
}
