"""Alarms: what is wrong with a collection, told once when it begins and once when it ends.

condition   what can be wrong, and what begins and ends from one look to the next
watch       a look: health, disk, copies and schedule to conditions
ledger      alarms.sqlite: what is in force, and what is still to be delivered
delivery    webhooks and mail
settings    the key `alarms:` of collection.yaml
"""
