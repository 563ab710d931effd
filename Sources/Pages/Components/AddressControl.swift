import FieldKinds
import Schema
import Values

/// The parts of a postal address, in the order in which the language says them.
enum AddressControl {
    static func html(_ field: FieldModel, in context: PageContext) -> HTML {
        typealias Part = (suffix: String, label: Label, span: StaticString)
        let chinese: [Part] = [
            ("_country", FormTexts.country, ""), ("_province", FormTexts.province, ""), ("_city", FormTexts.city, ""),
            ("_district", FormTexts.district, ""), ("", FormTexts.street, "k-span-4"),
            ("_postal_code", FormTexts.postalCode, ""),
        ]
        let western: [Part] = [
            ("", FormTexts.street, "k-span-6"), ("_district", FormTexts.district, ""), ("_city", FormTexts.city, ""),
            ("_postal_code", FormTexts.postalCode, ""), ("_province", FormTexts.province, "k-span-3"),
            ("_country", FormTexts.country, "k-span-3"),
        ]
        let key = field.definition.key
        let parts = HTML.each(context.language == .zh ? chinese : western) { part in
            """
            <label class="\(raw: part.span)">\(context(part.label))<input class="k-input" type="text" id="\(field.controlID)\(part.suffix)" \
            name="\(key)\(part.suffix)" value="\(field.inputs[part.suffix])" autocomplete="off"\(choices(part.suffix, field))\
            \(attribute: "disabled", if: field.locked)\(attribute: "aria-invalid", field.error == nil ? nil : "true")></label>
            """
        }
        let help: HTML = field.locked ? "" : "<p class=\"k-help\">\(context(FormTexts.addressHint))</p>"
        return "<div class=\"k-address\">\(parts)\(lists(field, context))</div>\(help)"
    }

    /// Where a part's choices are, and where the script asks for more while the person types.
    private static func choices(_ suffix: String, _ field: FieldModel) -> HTML {
        let list = "\(field.controlID)\(suffix)-list"
        let levels = ["_province": "provinces", "_city": "cities", "_district": "districts"]
        guard let level = levels[suffix] else { return "" }
        return "\(attribute: "list", list)\(attribute: "data-suggest", Addresses.divisions(level))"
    }

    /// All provinces, the cities of the province and the districts of the city that are chosen. An English page has
    /// them only while one types: they are in Chinese.
    private static func lists(_ field: FieldModel, _ context: PageContext) -> HTML {
        func list(_ suffix: String, _ names: [String]) -> HTML {
            let options = HTML.each(context.language == .zh ? names : []) { "<option value=\"\($0)\"></option>" }
            return "<datalist id=\"\(field.controlID)\(suffix)-list\">\(options)</datalist>"
        }
        let province = field.inputs["_province"] ?? ""
        let city = field.inputs["_city"] ?? ""
        let cities = province.isEmpty ? [] : ChineseDivisions.cities(of: province)
        // Beijing has no cities; elsewhere the districts of a whole province would be too many to choose from.
        let hasDistricts = !province.isEmpty && (!city.isEmpty || cities.isEmpty)
        let districts = hasDistricts ? ChineseDivisions.districts(of: city.isEmpty ? nil : city, in: province) : []
        return "\(list("_province", ChineseProvince.names))\(list("_city", cities))\(list("_district", districts))"
    }
}
