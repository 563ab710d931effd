import Values
import WebServer

extension Diagnosis {
    /// Days that a certificate must still hold without a word about it.
    private static let certificateDays: Int64 = 14

    /// How others reach the program: TLS, and for how long its certificate still holds.
    static func door(_ settings: Settings, at now: Instant) -> [Finding] {
        do {
            let server = try ServerSettings(settings)
            if let finding = openDoor(server) { return [finding] }
            guard let ends = server.certificate?.ends else { return [] }
            let days = (ends.milliseconds - now.milliseconds) / 86_400_000
            guard ends.milliseconds > now.milliseconds else {
                return [
                    Finding(
                        .bad,
                        "certificate_ended",
                        Label(
                            "The TLS certificate ended on \(ends). Renew the files; no restart is needed.",
                            zh: "TLS 证书已于 \(ends) 过期，请更新证书文件，无需重启。"
                        )
                    )
                ]
            }
            return [
                Finding(
                    days < certificateDays ? .notice : .good,
                    "certificate",
                    Label(
                        "The TLS certificate holds for \(days) more days.",
                        zh: "TLS 证书剩余有效期 \(days) 天。"
                    )
                )
            ]
        } catch let problem as Problem {
            return [Finding(problem)]
        } catch {
            return []
        }
    }

    /// What is wrong with serving other machines without encryption; nil when nobody else can reach the program.
    static func openDoor(_ server: ServerSettings) -> Finding? {
        let isLocal = server.host == "localhost" || server.host == "::1" || server.host.hasPrefix("127.")
        guard !isLocal, server.certificate == nil, !server.behindProxy else { return nil }
        return Finding(
            .notice,
            "no_tls",
            Label(
                "Other machines reach the program on \(server.host) without encryption: passwords can be read on the way. Give --tls-cert and --tls-key, or put a proxy with TLS in front (behind_proxy).",
                zh:
                    "程序在 \(server.host) 上对外提供未加密的访问，密码可能在传输中泄露。请设置 --tls-cert 和 --tls-key，或在前面部署支持 TLS 的反向代理（behind_proxy）。"
            )
        )
    }
}
