import HTTPTypes
import Pages
import Values

extension PageRoutes {
    /// What a phone needs to keep the program among its apps.
    static let install: [Route] = [
        open(.get, "/manifest.webmanifest") { InstallHandlers.manifest($0.call.workspace.name, $0.context) },
        open(.get, "/worker.js") { _ in InstallHandlers.worker() },
        open(.get, "/offline", InstallHandlers.offline),
        Route(.get, "/icons/{name}", audience: .anyone) { try InstallHandlers.icon($0.parameter("name")) },
    ]
}

/// The program as an app on a phone: manifest, icons, and a page for when there is no connection.
enum InstallHandlers {
    /// The app of a workspace; of none where several share a host name, and with it the app.
    static func manifest(_ workspace: String?, _ context: PageContext) -> Reply {
        let product = context(Words.product)
        var reply = Reply.object { json in
            json.member("id", "/")
            json.member("name", workspace.map { product + " · " + $0 } ?? product)
            json.member("short_name", product)
            json.member("lang", context.language.tag)
            json.member("start_url", "/")
            json.member("scope", "/")
            json.member("display", "standalone")
            json.member("background_color", "#f7f8fb")
            json.member("theme_color", "#3563d9")
            json.key("icons")
            json.array { json in
                for (file, size, purpose) in [
                    ("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"),
                    ("maskable-512.png", "512x512", "maskable"),
                ] {
                    json.object { json in
                        json.member("src", "/icons/" + file)
                        json.member("sizes", size)
                        json.member("type", "image/png")
                        json.member("purpose", purpose)
                    }
                }
            }
            json.key("shortcuts")
            json.array { json in
                for (label, address) in [
                    (CalendarTexts.calendar, Addresses.calendar), (Words.search, Addresses.search),
                ] {
                    json.object { json in
                        json.member("name", context(label))
                        json.member("url", address)
                    }
                }
            }
        }
        reply.headers[.contentType] = "application/manifest+json; charset=utf-8"
        reply.headers[.cacheControl] = "private, max-age=3600"
        return reply
    }

    static func worker() -> Reply {
        var reply = Reply(body: .bytes(Array(Assets.worker.utf8)))
        reply.headers[.contentType] = "text/javascript; charset=utf-8"
        reply.headers[.cacheControl] = "no-cache"
        // What the worker fetches falls under the policy that came with it.
        reply.headers[.contentSecurityPolicy] = "default-src 'none'; script-src 'self'; connect-src 'self'"
        return reply
    }

    /// Says that there is no connection, in the language of the browser; holds nothing of anybody.
    static func offline(_ page: PageCall) async throws -> Reply {
        var reply = page.bare(PageBody(page.context(InstallTexts.offline), offline(in: page.context)))
        reply.headers[.cacheControl] = "no-cache"
        return reply
    }

    /// The content of that page.
    static func offline(in context: PageContext) -> HTML {
        """
        <div class="k-empty">\(Icons.use("info"))<h1>\(context(InstallTexts.offline))</h1><p>\(context(InstallTexts.offlineText))</p>\
        <a class="k-btn k-btn-primary" href="/">\(context(InstallTexts.again))</a></div>
        """
    }

    static func icon(_ name: String) throws -> Reply {
        let bytes: [UInt8]
        switch name {
        case "icon-180.png": bytes = AppIcon.small
        case "icon-192.png": bytes = AppIcon.medium
        case "icon-512.png": bytes = AppIcon.large
        case "maskable-512.png": bytes = AppIcon.maskable
        default: throw Problem.noSuchAddress
        }
        var reply = Reply(body: .bytes(bytes))
        reply.headers[.contentType] = "image/png"
        reply.headers[.cacheControl] = "public, max-age=604800"
        return reply
    }
}

/// The words of the app.
enum InstallTexts {
    static let offline = Label("No connection", zh: "网络未连接")
    static let offlineText = Label(
        "Nothing was lost. As soon as the network is back, go on where you were.",
        zh: "数据没有丢失。网络恢复后即可继续操作。"
    )
    static let again = Label("Try again", zh: "重试")
}
