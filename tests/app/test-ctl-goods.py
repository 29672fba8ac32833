#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""counterbookctl: the catalogue and what the till sold come in; what a customer owns is shown."""

import datetime
import os

from ctl_world import ShopCase, main

DAY = (datetime.date.today() - datetime.timedelta(days=9)).isoformat()


class Goods(ShopCase):
    def file(self, text):
        path = os.path.join(self.shop.folder, "goods.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def take(self, family, text, *options):
        found = self.shop.do(family, "import", self.file(text), *options, role="manager")
        self.assertEqual(found["read"], found["added"] + found["merged"] + len(found["rejected"]))
        return found["added"], found["merged"], [row["line"] for row in found["rejected"]]

    def test_catalogue_is_brought_up_to_date(self):
        text = "sku,name,colour,size\nA1,Alder boot,brown,41\n,nameless,,\nA2,Fell loafer,black,40\n"
        self.assertEqual(self.take("catalogue", text, "--dry-run"), (2, 0, [3]))
        self.assertEqual(self.shop.do("catalogue", "list", role=None), [])
        self.assertEqual(self.take("catalogue", text), (2, 0, [3]))
        self.assertEqual(self.take("catalogue", "SKU;Title;Brand\nA2;Fell loafer;Fell\n"), (0, 1, []))
        rows = self.shop.do("catalogue", "list", role=None)
        self.assertEqual(rows[1], {"sku": "A2", "title": "Fell loafer", "brand": "Fell", "garment": None,
                                   "colour": "black", "size": "40"})
        self.assertEqual(self.shop.do("catalogue", "list", "--limit", "1", "--after", "A1", role=None), rows[1:])

    def test_owned_is_bought_and_not_brought_back(self):
        who = self.shop.add_customer(numbers=["FV 1785-0"])
        self.shop.answer(who, "shop")
        sold = ("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
                f"1,B1,Alder boot,2,{DAY} 08:26:00,2.55,FV17850,X\n"
                f"1,B2,Fell loafer,1,{DAY} 08:26:00,2.55,FV17850,X\n"
                f"C2,B2,Fell loafer,-1,{DAY} 09:00:00,2.55,FV17850,X\n"
                f"3,B3,Tarn coat,1,{DAY} 09:00:00,9.00,,X\n"
                f"4,B3,Tarn coat,1,{DAY} 09:00:00,9.00,404,X\n")
        self.assertEqual(self.take("purchases", sold), (3, 0, [5, 6]))
        self.assertEqual(self.take("purchases", sold), (0, 3, [5, 6]))
        shown = self.shop.show(who)
        self.assertEqual(shown["numbers"], ["FV 1785-0"])
        self.assertEqual(shown["owned"], [{"sku": "B1", "title": "Alder boot", "colour": None, "size": None,
                                           "quantity": 2, "day": DAY}])
        self.assertEqual(sorted((row["sku"], row["quantity"], row["day"]) for row in shown["purchases"]),
                         [("B1", 2, DAY), ("B2", -1, DAY), ("B2", 1, DAY)])
        self.assertNotIn("2.55", str(shown))
        found = self.shop.do("customer", "find", "17850")
        self.assertIsInstance(found, list)

    def test_reasons_quote_nothing(self):
        found = self.shop.do("purchases", "import", self.file("sku,customer,date\nzqcanary,zqcanary,zqcanary\n"),
                             role="manager")
        self.assertNotIn("zqcanary", str(found))
        self.assertEqual(found["rejected"][0]["line"], 2)

    def test_no_table_is_a_failure_or_rejects_all(self):
        self.fails(1, "catalogue", "import", self.shop.folder + "/none.csv", role="manager")
        self.assertEqual(self.take("catalogue", "just words\nand more\n"), (0, 0, [1, 2]))
        self.assertEqual(self.take("purchases", ""), (0, 0, []))

    def test_roles(self):
        path = self.file("sku,name\nA1,x\n")
        for role in ("associate", "privacy", "admin"):
            self.fails(4, "catalogue", "import", path, role=role)
            self.fails(4, "purchases", "import", path, role=role)


if __name__ == "__main__":
    main()
