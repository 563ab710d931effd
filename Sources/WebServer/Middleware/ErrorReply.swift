import Database
import HTTPTypes
import Logging
import Records
import Values

/// Turns what went wrong into an answer: problem details for programs, a page for people.
enum ErrorReply {
    /// The answer for an error.
    static func make(_ error: any Error, _ call: Call) -> Reply {
        let problem = problem(error)
        if problem.kind == .failure {
            call.server.logger.error(
                "a request failed",
                metadata: ["request": "\(call.id)", "route": "\(call.route)", "error": "\(error)"]
            )
            return make(unexpected, call)
        }
        return make(problem, call)
    }

    /// The answer for a problem.
    static func make(_ problem: Problem, _ call: Call) -> Reply {
        var reply = call.isAPI ? details(problem, call) : PageRoutes.error(problem, call)
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        if problem.kind == .unauthenticated, call.isAPI { reply.headers[.wwwAuthenticate] = "Bearer realm=\"kehu\"" }
        return reply
    }

    /// The path exists, but not with this method.
    static func notAllowed(_ methods: [String], _ call: Call) -> Reply {
        let allow = methods.joined(separator: ", ")
        var reply: Reply
        if call.method == .options {
            reply = .noContent
        } else {
            reply = make(
                Problem(
                    .notAllowed,
                    "method_not_allowed",
                    Label("This address takes only \(allow).", zh: "这个地址只支持 \(allow)。")
                ),
                call
            )
        }
        reply.headers[.allow] = allow
        return reply
    }

    /// RFC 9457.
    static func details(_ problem: Problem, _ call: Call) -> Reply { details(problem, call.language, id: call.id) }

    /// The same in a language, for the request of an id.
    static func details(_ problem: Problem, _ language: Language, id: String) -> Reply {
        let status = HTTPResponse.Status(code: problem.kind.rawValue)
        var reply = Reply.json(status) { json in write(problem, language, id: id, to: &json) }
        reply.headers[.contentType] = "application/problem+json"
        reply.headers[.contentLanguage] = language.tag
        return reply
    }

    /// The members of problem details.
    static func write(_ problem: Problem, _ language: Language, id: String?, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "urn:kehu:problem:" + problem.code)
            json.member("title", problem.kind.title.text(language))
            json.member("status", Int64(problem.kind.rawValue))
            json.member("detail", problem.message.text(language))
            json.member("code", problem.code)
            json.key("errors")
            json.array { json in
                for field in problem.fields {
                    json.object { json in
                        json.member("field", field.field)
                        json.member("code", field.code)
                        json.member("message", field.message.text(language))
                    }
                }
            }
            if let id { json.member("request_id", id) }
        }
    }

    /// What an error is in the terms of the product.
    static func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let field as FieldProblem: .invalid([field])
        case let failure as StorageFailure where failure.isUnique:
            Problem(
                .conflict,
                "not_unique",
                Label("Something with the same name is already there.", zh: "已存在相同的内容，请换一个。")
            )
        case let failure as StorageFailure
        where failure.isFull || failure.isReadOnly || failure.isDamage || failure.isDisk || failure.isLost
            || failure.isUnknown:
            Problem(failure)
        case is CancellationError:
            Problem(.unavailable, "stopping", Label("The server is stopping.", zh: "服务正在停止，请稍后重试。"), retryAfter: 5)
        default: unexpected
        }
    }

    private static let unexpected = Problem(
        .failure,
        "unexpected",
        Label(
            "Something went wrong in the program. Nothing was written. Give the request id to your administrator.",
            zh: "程序出现意外错误，数据未写入。请将请求编号告知管理员。"
        )
    )
}

extension Problem.Kind {
    /// The kind in a few words.
    var title: Label {
        switch self {
        case .malformed: Label("Malformed request", zh: "请求格式有误")
        case .unauthenticated: Label("Not logged in", zh: "尚未登录")
        case .forbidden: Label("Not allowed", zh: "没有权限")
        case .notFound: Label("Not found", zh: "未找到")
        case .notAllowed: Label("Method not allowed", zh: "不支持的请求方法")
        case .conflict: Label("Conflict", zh: "数据冲突")
        case .stale: Label("Changed meanwhile", zh: "记录已被他人修改")
        case .tooLarge: Label("Too large", zh: "内容过大")
        case .unsupported: Label("Unsupported content", zh: "不支持的内容类型")
        case .invalid: Label("Invalid values", zh: "内容填写有误")
        case .tooMany: Label("Too many requests", zh: "请求过于频繁")
        case .failure: Label("Unexpected error", zh: "意外错误")
        case .unavailable: Label("Not available", zh: "暂不可用")
        }
    }
}
