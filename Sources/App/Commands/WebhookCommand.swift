import ArgumentParser
import Database
import Foundation
import Identity
import Records
import Values
import Webhooks

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: Label(
            "Webhooks: new, list, rotate, deliveries, replay.",
            zh: "管理 Webhook：new、list、rotate、deliveries、replay。"
        )
        .text(Console.language),
        subcommands: [List.self, New.self, Rotate.self, Deliveries.self, Replay.self],
        defaultSubcommand: List.self
    )

    /// Reads an id of 13 characters.
    static func id(_ text: String) throws -> RecordID {
        guard let id = RecordID(text) else {
            throw Problem(
                .notFound,
                "no_webhook",
                Label(
                    "There is no webhook «\(text)». See: kehu webhook list",
                    zh: "没有 Webhook“\(text)”，可用 kehu webhook list 查看。"
                )
            )
        }
        return id
    }

    static func write(_ webhook: Webhook, secret: String? = nil, to json: inout JSONWriter) {
        json.object { json in
            json.member("id", webhook.id.description)
            json.member("name", webhook.name)
            json.member("address", webhook.address)
            json.member("user", webhook.userName)
            json.key("events")
            json.value(.array(webhook.events.map(JSONValue.string)))
            json.member("filter", webhook.filter)
            json.key("fields")
            json.value(webhook.fields.map { .array($0.map(JSONValue.string)) } ?? .null)
            json.member("state", webhook.state.rawValue)
            json.member("reason", webhook.reason)
            json.member("failing_since", webhook.failingSince?.description)
            if let secret { json.member("secret", secret) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists webhooks.", zh: "列出 Webhook。").text(Console.language)
        )
        @OptionGroup var data: DataOptions

        func run() async throws {
            try await data.withWorkspace { workspace in
                let webhooks = workspace.webhooks
                let all = try await workspace.engine.read(as: OpenWorkspace.operatorActor) { try webhooks.list($0) }
                if data.json {
                    return Console.json { json in
                        json.array { json in for webhook in all { WebhookCommand.write(webhook, to: &json) } }
                    }
                }
                Console.table(
                    all.map { webhook in
                        [
                            webhook.id.description, webhook.name, webhook.state.rawValue, webhook.address,
                            webhook.events.joined(separator: ","), webhook.userName,
                        ]
                    }
                )
            }
        }
    }

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Adds a webhook; its secret is shown this once.", zh: "新建 Webhook，密钥仅显示一次。")
                .text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Address of the receiver.", zh: "接收地址。").text(Console.language)))
        var address: String
        @Option(help: ArgumentHelp(Label("E-mail of whose rights it has.", zh: "所属用户邮箱。").text(Console.language)))
        var user: String
        @Option(
            help: ArgumentHelp(
                Label("What is sent, with commas: customer.created,lead.*", zh: "事件，用逗号分隔：customer.created,lead.*")
                    .text(Console.language)
            )
        )
        var events: String
        @Option(help: ArgumentHelp(Label("An expression about the record.", zh: "推送条件表达式。").text(Console.language)))
        var filter: String?
        @Option(help: ArgumentHelp(Label("Fields, with commas.", zh: "推送字段，用逗号分隔。").text(Console.language)))
        var fields: String?
        @Option(help: ArgumentHelp(Label("A name.", zh: "名称。").text(Console.language)))
        var name: String?

        func run() async throws {
            try await data.withWorkspace { workspace in
                let (webhooks, input) = (workspace.webhooks, try await input(workspace))
                let made = try await workspace.engine.write(as: OpenWorkspace.operatorActor) { session in
                    try webhooks.add(input, session)
                }
                if data.json {
                    Console.json { WebhookCommand.write(made.webhook, secret: made.secret, to: &$0) }
                } else {
                    Console.line("\(made.webhook.id) \(made.secret)")
                }
            }
        }

        private func input(_ workspace: OpenWorkspace) async throws -> JSONValue {
            func list(_ text: String) -> JSONValue {
                .array(text.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespaces)) })
            }
            let owner = try await UserCommand.find(user, in: workspace)
            return .object([
                .init(key: "address", value: .string(address)),
                .init(key: "user", value: .string(owner.id.description)),
                .init(key: "events", value: list(events)), .init(key: "filter", value: .string(filter ?? "")),
                .init(key: "fields", value: fields.map(list) ?? .null), .init(key: "name", value: .string(name ?? "")),
            ])
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Makes a new secret; for a day both sign.", zh: "更换密钥，一天内新旧密钥同时签名。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Id of the webhook.", zh: "Webhook 编号。").text(Console.language)))
        var webhook: String
        @Option(help: ArgumentHelp(Label("Hours for which both sign.", zh: "新旧密钥并用的小时数。").text(Console.language)))
        var overlapHours: Int = 24

        func run() async throws {
            let (id, hours) = (try WebhookCommand.id(webhook), Int64(min(10_000, max(-1, overlapHours))))
            try await data.withWorkspace { workspace in
                let webhooks = workspace.webhooks
                let made = try await workspace.engine.write(as: OpenWorkspace.operatorActor) { session in
                    try webhooks.rotate(id, overlap: hours * 3_600_000, session)
                }
                if data.json {
                    Console.json { WebhookCommand.write(made.webhook, secret: made.secret, to: &$0) }
                } else {
                    Console.line(made.secret)
                }
            }
        }
    }

    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists the newest deliveries of a webhook.", zh: "列出最近的投递记录。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Id of the webhook.", zh: "Webhook 编号。").text(Console.language)))
        var webhook: String
        @Flag(help: ArgumentHelp(Label("Only those that failed.", zh: "只列出失败的。").text(Console.language)))
        var failed = false

        func run() async throws {
            let (id, state) = (try WebhookCommand.id(webhook), failed ? WebhookDelivery.State.failed : nil)
            try await data.withWorkspace { workspace in
                let webhooks = workspace.webhooks
                let log = try await workspace.engine.read(as: OpenWorkspace.operatorActor) { session in
                    try webhooks.deliveries(of: id, state: state, limit: 200, session)
                }
                if data.json {
                    return Console.json { json in json.array { json in for one in log { write(one, to: &json) } } }
                }
                Console.table(
                    log.map { one in
                        [
                            one.id.description, one.type, one.state.rawValue, one.status.map { String($0) } ?? "-",
                            String(one.attempts), one.createdAt.description, one.error ?? "",
                        ]
                    }
                )
            }
        }

        private func write(_ delivery: WebhookDelivery, to json: inout JSONWriter) {
            json.object { json in
                json.member("id", delivery.id.description)
                json.member("type", delivery.type)
                json.member("state", delivery.state.rawValue)
                json.key("status")
                json.value(delivery.status.map { .number(String($0)) } ?? .null)
                json.member("attempts", Int64(delivery.attempts))
                json.member("created_at", delivery.createdAt.description)
                json.member("finished_at", delivery.finishedAt?.description)
                json.member("error", delivery.error)
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Sends failed deliveries again, or one.", zh: "重新投递失败的记录，或指定的一条。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Id of the webhook.", zh: "Webhook 编号。").text(Console.language)))
        var webhook: String
        @Option(help: ArgumentHelp(Label("Only this delivery.", zh: "只重发该投递。").text(Console.language)))
        var delivery: String?
        @Option(
            help: ArgumentHelp(
                Label("Made since, as 2026-01-31T08:00:00Z.", zh: "起始时间，例如 2026-01-31T08:00:00Z。").text(
                    Console.language
                )
            )
        )
        var since: String?

        func validate() throws {
            guard (delivery == nil) != (since == nil) else {
                throw ValidationError(
                    Label("Give either --delivery or --since.", zh: "请指定 --delivery 或 --since 其中之一。").text(
                        Console.language
                    )
                )
            }
            if let since, Instant(since) == nil {
                throw ValidationError(
                    Label(
                        "--since must be a moment such as 2026-01-31T08:00:00Z.",
                        zh: "--since 的格式应为 2026-01-31T08:00:00Z。"
                    )
                    .text(Console.language)
                )
            }
        }

        func run() async throws {
            let id = try WebhookCommand.id(webhook)
            let (one, from) = (try delivery.map(WebhookCommand.id), since.flatMap { Instant($0) })
            try await data.withWorkspace { workspace in
                let webhooks = workspace.webhooks
                let count = try await workspace.engine.write(as: OpenWorkspace.operatorActor) { session in
                    if let one {
                        try webhooks.replay(one, of: id, session)
                        return 1
                    }
                    return try from.map { try webhooks.replayFailed(of: id, since: $0, session) } ?? 0
                }
                if data.json {
                    Console.json { json in json.object { $0.member("count", Int64(count)) } }
                } else {
                    Console.say(
                        Label(
                            "\(count) sent again as soon as «kehu serve» runs.",
                            zh: "共 \(count) 条，服务运行时将重新投递。"
                        )
                    )
                }
            }
        }
    }
}
