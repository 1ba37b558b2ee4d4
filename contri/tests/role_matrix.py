"""The rows of the role matrix: a call, in which circle it is tried, what each role is told, and what is sent.

A new route is a new line here, and beneath it the body that it is sent (or the query, for GET). `$name` in it is an id
of contri/tests/things.py. The circles: forming, full (it could be started), auction, running; `-` where there is none.
"""

#                                                                          anonymous
#                                                                          |   stranger
#                                                                          |   |   ex-member
#                                                                          |   |   |   member
#                                                                          |   |   |   |   host
MATRIX = """
post    auth/email/resend                                               -        202 202 202 202 202
        {"email": "nobody@example.ng"}
post    auth/email/verify                                               -        400 400 400 400 400
        {"key": "x"}
post    auth/login                                                      -        401 401 401 401 401
        {"email": "nobody@example.ng", "password": "x"}
post    auth/logout                                                     -        401 401 401 401 401
        {"refresh": "x"}
post    auth/password/change                                            -        401 200 200 200 200
        {"old_password": "Ajo-with-friends-1", "new_password": "Ajo-with-friends-2"}
post    auth/password/forgot                                            -        202 202 202 202 202
        {"email": "nobody@example.ng"}
post    auth/password/reset                                             -        400 400 400 400 400
        {"email": "nobody@example.ng", "key": "x", "password": "Ajo-with-friends-2"}
post    auth/pin                                                        -        401 204 204 204 204
        {"pin": "4826", "old_pin": "2580"}
post    auth/pin/forgot                                                 -        401 202 202 202 202
        {"password": "Ajo-with-friends-1"}
post    auth/pin/reset                                                  -        401 400 400 400 400
        {"password": "Ajo-with-friends-1", "pin": "4826", "code": "000000"}
post    auth/pin/verify                                                 -        401 200 200 200 200
        {"pin": "2580"}
post    auth/refresh                                                    -        401 401 401 401 401
        {"refresh": "x"}
get     auth/sessions                                                   -        401 200 200 200 200
delete  auth/sessions/<uuid:session_id>                                 -        401 404 404 204 404
post    auth/signup                                                     -        201 201 201 201 201
        {"email": "new@example.ng", "password": "Ajo-with-friends-1", "first_name": "Efe", "last_name": "Ojo"}
get     auth/social                                                     -        401 200 200 200 200
delete  auth/social/<str:provider>                                      -        401 404 404 404 404
post    auth/social/<str:provider>                                      -        401 401 401 401 401
        {"id_token": "x"}
put     auth/social/<str:provider>                                      -        401 401 401 401 401
        {"id_token": "x", "password": "Ajo-with-friends-1"}
get     banks                                                           -        401 200 200 200 200
post    banks                                                           -        401 201 201 201 201
        {"account_number": "0987654321", "bank_code": "058"}
delete  banks/<uuid:pk>                                                 -        401 404 404 204 404
post    banks/<uuid:pk>/primary                                         -        401 404 404 200 404
get     banks/directory                                                 -        401 200 200 200 200
post    banks/resolve                                                   -        401 200 200 200 200
        {"account_number": "0987654321", "bank_code": "058"}
get     cards                                                           -        401 200 200 200 200
delete  cards/<uuid:pk>                                                 -        401 404 404 204 404
post    cards/<uuid:pk>/default                                         -        401 404 404 200 404
post    cards/link                                                      -        401 201 201 201 201
get     circles                                                         -        401 200 200 200 200
post    circles                                                         -        401 201 201 201 201
        {"name": "Tailors", "amount": "10.00", "frequency": "weekly", "size": 2, "cycle_start_date": "$day"}
get     circles/<uuid:circle_id>                                        forming  401 404 404 200 200
patch   circles/<uuid:circle_id>                                        forming  401 404 404 403 200
        {"name": "Market men"}
get     circles/<uuid:circle_id>/auction                                auction  401 404 404 200 200
put     circles/<uuid:circle_id>/auction                                auction  401 404 404 200 200
        {"discount": "5.00"}
post    circles/<uuid:circle_id>/cancel                                 running  401 404 404 403 200
        {"reason": "Rain"}
get     circles/<uuid:circle_id>/charter                                running  401 404 404 200 200
post    circles/<uuid:circle_id>/charter/accept                         running  401 404 404 200 200
        {"version": 1}
get     circles/<uuid:circle_id>/chat                                   running  401 404 404 200 200
post    circles/<uuid:circle_id>/chat                                   running  401 404 404 201 201
        {"body": "Good morning"}
delete  circles/<uuid:circle_id>/chat/<uuid:message_id>                 running  401 404 404 200 403
patch   circles/<uuid:circle_id>/chat/<uuid:message_id>                 running  401 404 404 200 403
        {"body": "Good evening"}
post    circles/<uuid:circle_id>/chat/<uuid:message_id>/hide            running  401 404 404 403 200
        {"reason": "Rude"}
get     circles/<uuid:circle_id>/chat/<uuid:message_id>/image           running  401 404 404 200 200
post    circles/<uuid:circle_id>/chat/<uuid:message_id>/report          running  401 404 404 204 204
        {"reason": "Rude"}
post    circles/<uuid:circle_id>/chat/images                            running  401 404 404 201 201
        {"image": "", "body": "Our stall"}
put     circles/<uuid:circle_id>/chat/mute                              running  401 404 404 200 200
        {"until": null}
get     circles/<uuid:circle_id>/chat/read                              running  401 404 404 200 200
post    circles/<uuid:circle_id>/chat/read                              running  401 404 404 200 200
        {"message_id": "$message_id"}
delete  circles/<uuid:circle_id>/cohost                                 running  401 404 404 403 200
put     circles/<uuid:circle_id>/cohost                                 running  401 404 404 403 200
        {"membership_id": "$membership_id"}
post    circles/<uuid:circle_id>/contribute                             running  401 404 404 201 201
get     circles/<uuid:circle_id>/contributions                          running  401 404 404 200 200
get     circles/<uuid:circle_id>/cycles                                 running  401 404 404 200 200
get     circles/<uuid:circle_id>/dissolution                            running  401 404 404 200 200
get     circles/<uuid:circle_id>/draw                                   running  401 404 404 200 200
get     circles/<uuid:circle_id>/exposure                               running  401 404 404 200 200
post    circles/<uuid:circle_id>/hand-over                              running  401 404 404 403 200
        {"membership_id": "$membership_id"}
get     circles/<uuid:circle_id>/handovers                              running  401 404 404 200 200
post    circles/<uuid:circle_id>/handovers                              running  401 404 404 409 409
delete  circles/<uuid:circle_id>/handovers                              running  401 404 404 200 404
post    circles/<uuid:circle_id>/handovers/<uuid:handover_id>/approve   running  401 404 404 403 200
post    circles/<uuid:circle_id>/invite                                 forming  401 404 404 403 200
        {"uses": 1}
post    circles/<uuid:circle_id>/leave                                  forming  401 404 404 200 409
get     circles/<uuid:circle_id>/members                                running  401 404 404 200 200
post    circles/<uuid:circle_id>/members/<uuid:membership_id>/approve   forming  401 404 404 403 200
post    circles/<uuid:circle_id>/members/<uuid:membership_id>/remove    running  401 404 404 403 200
        {"reason": "Rude"}
put     circles/<uuid:circle_id>/members/<uuid:membership_id>/silence   running  401 404 404 403 204
        {"until": null, "reason": "Rude"}
post    circles/<uuid:circle_id>/pause                                  running  401 404 404 403 200
        {"reason": "Rain"}
put     circles/<uuid:circle_id>/payout-order                           forming  401 404 404 403 200
        {"order": ["$third_id", "$host_id", "$membership_id"]}
post    circles/<uuid:circle_id>/renew                                  running  401 404 404 403 409
        {"cycle_start_date": "$day"}
post    circles/<uuid:circle_id>/resume                                 running  401 404 404 403 409
        {"reason": "Sun"}
get     circles/<uuid:circle_id>/security                               running  401 404 404 200 200
post    circles/<uuid:circle_id>/start                                  full     401 404 404 403 200
post    circles/<uuid:circle_id>/succession                             running  401 404 404 409 409
get     circles/<uuid:circle_id>/swaps                                  running  401 404 404 200 200
post    circles/<uuid:circle_id>/swaps                                  running  401 404 404 201 404
        {"my_turn": $mine, "their_turn": $theirs}
post    circles/<uuid:circle_id>/swaps/<uuid:swap_id>/accept            running  401 404 404 200 404
get     circles/<uuid:circle_id>/votes                                  running  401 404 404 200 200
post    circles/<uuid:circle_id>/votes                                  running  401 404 404 409 409
        {"subject": "dissolution", "reason": "Rain"}
post    circles/<uuid:circle_id>/votes/<uuid:vote_id>/cast              running  401 404 404 200 409
        {"choice": "no"}
get     circles/handovers/<str:code>                                    running  401 200 200 200 200
post    circles/handovers/<str:code>/take                               running  401 200 200 409 409
        {"charter_version": 1}
get     circles/invites/<str:code>                                      full     401 200 200 200 200
post    circles/join                                                    auction  401 201 201 409 409
        {"invite_code": "$code"}
delete  circles/nominee                                                 -        401 204 204 204 204
get     circles/nominee                                                 -        401 404 404 404 404
put     circles/nominee                                                 -        401 200 200 200 200
        {"full_name": "Efe Ojo", "relationship": "sister", "email": "efe@example.ng"}
get     circles/record                                                  -        401 200 200 200 200
post    circles/record/<uuid:contribution_id>/appeal                    running  401 404 404 201 404
        {"reason": "My bank was down"}
post    circles/rehearse                                                -        401 200 200 200 200
        {"amount": "10.00", "frequency": "weekly", "size": 2, "cycle_start_date": "$day"}
post    devices                                                         -        401 201 201 201 201
        {"token": "a-device", "platform": "android"}
delete  devices/<path:token>                                            -        401 204 204 204 204
get     notifications                                                   -        401 200 200 200 200
get     notifications/preferences                                       -        401 200 200 200 200
patch   notifications/preferences                                       -        401 200 200 200 200
        {"push": {}}
post    notifications/read                                              -        401 200 200 200 200
        {"all": true}
get     users/dashboard                                                 -        401 200 200 200 200
get     users/lookup                                                    -        401 200 200 200 200
        {"email": "$friend_email"}
delete  users/me                                                        -        401 409 409 409 409
        {"password": "Ajo-with-friends-1"}
get     users/me                                                        -        401 200 200 200 200
patch   users/me                                                        -        401 200 200 200 200
        {"first_name": "Ada"}
get     users/me/export                                                 -        401 200 200 200 200
post    users/me/kyc                                                    -        401 202 202 202 202
        {"id_type": "bvn", "id_number": "22222222222", "first_name": "Efe",
         "last_name": "Ojo", "date_of_birth": "1990-01-01"}
get     wallet                                                          -        401 200 200 200 200
post    wallet/deposit                                                  -        401 201 201 201 201
        {"amount": "100.00"}
get     wallet/statement                                                -        401 200 200 200 200
        {"from": "2026-01-01", "to": "2026-01-31"}
get     wallet/transactions                                             -        401 200 200 200 200
get     wallet/transactions/<uuid:pk>                                   -        401 404 404 200 404
post    wallet/transfer                                                 -        401 201 201 201 201
        {"recipient_id": "$friend_id", "amount": "10.00"}
post    wallet/withdraw                                                 -        401 404 404 202 404
        {"amount": "1500.00", "bank_account_id": "$bank_id"}
post    webhooks/flutterwave                                            -        401 401 401 401 401
post    webhooks/paystack                                               -        401 401 401 401 401
delete  webhooks/sendgrid                                               -        405 405 405 405 405
get     webhooks/sendgrid                                               -        405 405 405 405 405
patch   webhooks/sendgrid                                               -        405 405 405 405 405
post    webhooks/sendgrid                                               -        401 401 401 401 401
put     webhooks/sendgrid                                               -        405 405 405 405 405
post    webhooks/smileid                                                -        401 401 401 401 401
post    webhooks/smileid/<str:token>                                    -        401 401 401 401 401
"""
