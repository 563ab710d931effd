import Foundation
import Pages
import Schema
import Testing
import Values

@Suite struct PagesTests {
    static let evil = "\"><img src=x onerror=alert(1)>'&<script>"

    @Test(arguments: Language.allCases)
    func `what people type never becomes markup on any page`(language: Language) {
        for page in SamplePages(context: SamplePages.context(language), mark: PagesTests.evil).all {
            let html = page.html.string
            #expect(!html.contains("<img"), "\(page.name)")
            #expect(!html.contains("'&<"), "\(page.name)")
            #expect(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "\(page.name) shows what was typed")
            #expect(tags(html).allSatisfy { $0.name != "img" && $0.name != "script>" }, "\(page.name)")
        }
    }

    @Test(arguments: Language.allCases)
    func `no page has inline script, style or handlers`(language: Language) {
        for page in SamplePages(context: SamplePages.context(language)).all {
            for tag in tags(page.html.string) {
                #expect(tag.name != "style", "\(page.name)")
                #expect(
                    !tag.attributes.contains { $0.name == "style" || $0.name.hasPrefix("on") },
                    "\(page.name): \(tag)"
                )
                if tag.name == "script" { #expect(tag.value("src") == Assets.script.path) }
                for attribute in tag.attributes where ["href", "src", "action"].contains(attribute.name) {
                    #expect(
                        !attribute.value.hasPrefix("javascript:") && !attribute.value.hasPrefix("//"),
                        "\(page.name): \(tag)"
                    )
                }
            }
        }
    }

    @Test(arguments: Language.allCases)
    func `every control has a label`(language: Language) {
        for page in SamplePages(context: SamplePages.context(language)).all {
            let all = tags(page.html.string)
            let labelled = Set(all.filter { $0.name == "label" }.compactMap { $0.value("for") })
            var inLabel = false
            for tag in all {
                if tag.name == "label" { inLabel = true }
                if tag.name == "/label" { inLabel = false }
                guard ["input", "select", "textarea"].contains(tag.name), tag.value("type") != "hidden" else {
                    continue
                }
                let named =
                    inLabel || tag.value("aria-label") != nil || tag.value("id").map { labelled.contains($0) } ?? false
                #expect(named, "\(page.name): \(tag)")
            }
        }
    }

    @Test func `ids are unique and what points to them exists`() {
        for page in SamplePages(context: SamplePages.context(.zh)).all {
            let all = tags(page.html.string)
            let ids = all.compactMap { $0.value("id") }
            #expect(
                Set(ids).count == ids.count,
                "\(page.name): \(Dictionary(grouping: ids) { $0 }.filter { $1.count > 1 }.keys)"
            )
            for tag in all {
                for name in ["for", "aria-describedby", "aria-labelledby", "list", "form"] {
                    for id in tag.value(name)?.split(separator: " ") ?? [] {
                        #expect(ids.contains(String(id)), "\(page.name): \(tag)")
                    }
                }
                if let target = tag.value("href"), target.hasPrefix("#"), target.count > 1 {
                    #expect(ids.contains(String(target.dropFirst())), "\(page.name): \(target)")
                }
            }
        }
    }

    @Test func `elements are closed in the order in which they were opened`() {
        let void: Set<String> = ["input", "meta", "link", "hr", "br", "img", "use", "path", "!doctype"]
        for page in SamplePages(context: SamplePages.context(.en), mark: PagesTests.evil).all {
            var open: [String] = []
            for tag in tags(page.html.string) where !void.contains(tag.name) {
                if tag.name.hasPrefix("/") {
                    #expect(open.popLast() == String(tag.name.dropFirst()), "\(page.name): \(tag.name)")
                } else {
                    #expect(!(tag.name == "form" && open.contains("form")), "\(page.name): a form in a form")
                    #expect(!(tag.name == "a" && open.contains("a")), "\(page.name): a link in a link")
                    open.append(tag.name)
                }
            }
            #expect(open.isEmpty, "\(page.name): \(open)")
        }
    }

    @Test func `every form that writes carries the token`() {
        for page in SamplePages(context: SamplePages.context(.zh)).all {
            let html = page.html.string
            let posts = html.components(separatedBy: "method=\"post\"").count - 1
            let tokens = html.components(separatedBy: "name=\"_csrf\"").count - 1
            #expect(posts == tokens, "\(page.name)")
        }
    }

    @Test func `an English page has no Chinese but the name of the language`() {
        for page in SamplePages(context: SamplePages.context(.en)).all {
            let html = page.html.string.replacing(">中文<", with: "")
            let chinese = html.unicodeScalars.filter { (0x4E00...0x9FFF).contains($0.value) }
            let isAboutBoth = ["objects", "fields", "field"].contains(page.name)
            #expect(isAboutBoth || chinese.isEmpty, "\(page.name): \(String(String.UnicodeScalarView(chinese)))")
        }
    }

    @Test func `a Chinese page has no English words`() {
        let allowed: Set<String> = [
            "English", "API", "IP", "CSV", "UTF", "JSON", "Lines", "Excel", "ERP", "CNY", "USD", "EUR", "HKD", "JPY",
            "GBP", "SGD", "Chrome", "XLSX", "ZIP",
            "Windows", "Safari", "iPhone", "Unnamed", "LOA", "com", "example", "Ctrl",
        ]
        for page in SamplePages(context: SamplePages.context(.zh)).all {
            let words = visibleText(page.html.string).split { !($0.isASCII && $0.isLetter) }.map(String.init)
                .filter { $0.count > 2 && $0.first?.isUppercase == true && !allowed.contains($0) }
            #expect(words.isEmpty, "\(page.name): \(words)")
        }
    }

    @Test func `style, script and icons are small`() {
        // Before compression, which makes a quarter of it.
        let first = [Assets.style, Assets.script, Assets.list, Assets.icons]
        #expect(first.reduce(0) { $0 + $1.bytes.count } < 120_000)
        #expect(
            Assets.all.filter { $0.path.hasSuffix(".js") && $0.path != ThirdParty.sortable?.path }.allSatisfy {
                $0.bytes.count < 14_000
            }
        )
        #expect(Assets.all.allSatisfy { $0.path.hasPrefix("/assets/") })
        #expect(!StyleSheet.css.contains("http"))
    }

    @Test func `every class on a page has a style`() {
        let unstyled: Set<String> = ["k-due", "k-entry-note", "k-composer"]
        for page in SamplePages(context: SamplePages.context(.zh)).all {
            for tag in tags(page.html.string) {
                for name in tag.value("class")?.split(separator: " ") ?? [] where !unstyled.contains(String(name)) {
                    #expect(StyleSheet.css.contains("." + name), "\(page.name): \(name)")
                }
            }
        }
    }

    @Test func `icons used by pages are drawn`() {
        for page in SamplePages(context: SamplePages.context(.zh)).all {
            for tag in tags(page.html.string) where tag.name == "use" {
                let name = tag.value("href")?.split(separator: "#").last.map(String.init) ?? ""
                #expect(Icons.names.contains(name))
            }
        }
        #expect(Icons.use("no such icon") == Icons.use("box"))
    }

    @Test func `lists, forms and records say their state to those who cannot see it`() throws {
        let pages = Dictionary(
            uniqueKeysWithValues: SamplePages(context: SamplePages.context(.zh)).all.map {
                ($0.name, tags($0.html.string))
            }
        )
        let list = try #require(pages["list"])
        #expect(list.filter { $0.value("aria-sort") == "descending" }.count == 1)
        #expect(list.contains { $0.value("aria-current") == "page" && $0.value("href") == "/customers" })
        #expect(list.contains { $0.name == "main" } && list.contains { $0.value("href") == "#main" })
        let form = try #require(pages["form"])
        #expect(form.contains { $0.value("href") == "#f-phone" })
        #expect(
            form.contains {
                $0.value("id") == "f-phone" && $0.value("aria-invalid") == "true"
                    && $0.value("aria-describedby") == "f-phone-error"
            }
        )
        #expect(
            form.contains { $0.value("id") == "f-phone" && $0.value("type") == "tel" && $0.value("inputmode") == "tel" }
        )
        #expect(form.contains { $0.value("data-shown-when") == "type:company" })
        #expect(
            form.contains { $0.value("name") == "revenue_currency" }
                && form.contains { $0.value("name") == "address_city" }
        )
        let record = try #require(pages["record"])
        #expect(record.filter { $0.value("aria-current") == "step" }.count == 1)
        #expect(record.filter { $0.name == "button" && $0.value("name") == "stage" }.count == 4)
        let wrong = try #require(pages["list-wrong-filter"])
        #expect(
            wrong.contains { $0.name == "mark" }
                && wrong.contains { $0.value("id") == "k-filter-error" && $0.value("role") == "alert" }
        )
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["KEHU_PAGES"] != nil))
    func `pages are written to a folder to be looked at`() throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["KEHU_PAGES"] ?? "")
        try FileManager.default.createDirectory(at: folder.appending(path: "assets"), withIntermediateDirectories: true)
        for asset in Assets.all {
            try Data(asset.bytes).write(to: folder.appending(path: String(asset.path.dropFirst())))
        }
        for language in Language.allCases {
            for theme in [Theme.light, .dark] {
                for page in SamplePages(context: SamplePages.context(language, theme: theme)).all {
                    let name = "\(page.name)-\(language.rawValue)-\(theme.rawValue).html"
                    try Data(page.html.bytes).write(to: folder.appending(path: name))
                }
            }
        }
    }
}
