import Records
import Schema
import Values

extension Opportunity {
    static let actions = [
        RecordAction(
            "win",
            Label("Won", zh: "赢单"),
            parameters: ["closed_on": #"{"type":"string","format":"date"}"#, "amount": "{}"]
        ) { id, body, session in
            try close(
                "won",
                id,
                [
                    Given(key: "closed_on", value: body["closed_on"]), Given(key: "amount", value: body["amount"]),
                ],
                session
            )
        },
        RecordAction(
            "lose",
            Label("Lost", zh: "输单"),
            parameters: [
                "reason": #"{"type":"string"}"#, "note": #"{"type":"string"}"#,
                "competitor": #"{"type":"string"}"#, "closed_on": #"{"type":"string","format":"date"}"#,
            ]
        ) { id, body, session in
            try close(
                "lost",
                id,
                [
                    Given(key: "loss_reason", value: body["reason"]), Given(key: "loss_note", value: body["note"]),
                    Given(key: "competitor", value: body["competitor"]),
                    Given(key: "closed_on", value: body["closed_on"]),
                ],
                session
            )
        },
        RecordAction(
            "move",
            Label("Move to another stage", zh: "推进阶段"),
            parameters: ["stage": #"{"type":"string"}"#, "pipeline": #"{"type":"string"}"#]
        ) { id, body, session in
            guard let stage = body["stage"], !stage.isNull else {
                throw Problem.invalid("stage", "required", Label("Say which stage.", zh: "请指定要推进到的阶段。"))
            }
            return try save(
                id,
                [Given(key: "stage", value: stage), Given(key: "pipeline", value: body["pipeline"])],
                session
            )
        },
    ]

    /// A member of the body that goes into a field, if it was given.
    private struct Given {
        let key: String
        let value: JSONValue?
    }

    private static func close(
        _ result: String,
        _ id: RecordID,
        _ given: [Given],
        _ session: WriteSession
    ) throws -> JSONValue {
        let opportunity = try session.find(Opportunity.self, id)
        guard let stage = Stages(session.schema).last(result, of: opportunity.pipeline) else {
            throw Problem(
                .conflict,
                "no_such_stage",
                Label(
                    "The pipeline has no stage of this outcome. An administrator can add one.",
                    zh: "该销售流程没有对应的结束阶段，请联系管理员添加。"
                )
            )
        }
        return try save(id, [Given(key: "stage", value: .string(stage.key))] + given, session)
    }

    /// Writes through the ordinary recipe, with the actor's rights, and answers the record.
    private static func save(_ id: RecordID, _ given: [Given], _ session: WriteSession) throws -> JSONValue {
        let object = try session.object("opportunities")
        let members = given.compactMap { item in item.value.map { JSONValue.Member(key: item.key, value: $0) } }
        try session.update(object, id, .object(members))
        return try session.answer(object, id)
    }
}

extension ReadSession {
    /// A record as the API shows it.
    func answer(_ object: ObjectDefinition, _ id: RecordID) throws -> JSONValue {
        var json = JSONWriter()
        try write(object, id, to: &json)
        return try JSONReader.parse(json.bytes)
    }
}
